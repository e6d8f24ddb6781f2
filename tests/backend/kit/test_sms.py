"""How text messages leave, and where they may not."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from backend.kit import sms
from backend.settings import Settings, settings

PRODUCTION = {"LV_ENVIRONMENT": "production", "LV_SMS_TRANSPORT": "gateway"}
GATEWAY = {"LV_SMS_GATEWAY_URL": "https://sms.example/send", "LV_SMS_GATEWAY_TOKEN": "t"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.delenv("LV_FIXED_CODE", raising=False)
    yield monkeypatch
    settings.cache_clear()
    sms.transport.cache_clear()


class Operator(BaseHTTPRequestHandler):
    """An operator's gateway that writes down what it gets."""

    received: ClassVar[list[tuple[str, str, dict[str, str]]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.append((self.headers["Authorization"], self.headers["Idempotency-Key"], body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def gateway() -> Iterator[sms.Gateway]:
    Operator.received.clear()
    with HTTPServer(("127.0.0.1", 0), Operator) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield sms.Gateway(f"http://127.0.0.1:{server.server_port}/", "secret")
        server.shutdown()


def test_development_reads_its_messages_in_the_log():
    with capture_logs() as logs:
        sms.transport().send("+8616100000001", "你好", key="7")

    assert [(line["to"], line["text"]) for line in logs] == [("+8616100000001", "你好")]


def test_a_gateway_gets_the_message_and_knows_who_sends_it(gateway):
    gateway.send("+8616100000001", "你好", key="7")

    assert Operator.received == [("Bearer secret", "7", {"to": "+8616100000001", "text": "你好"})]
    assert "secret" not in repr(gateway)


def test_a_gateway_that_refuses_is_an_error(gateway, monkeypatch):
    monkeypatch.setattr(Operator, "status", 503)

    with pytest.raises(OSError, match="503"):
        gateway.send("+8616100000001", "你好", key="7")


def test_production_refuses_to_start_with_the_console(environment):
    environment.setenv("LV_ENVIRONMENT", "production")

    with pytest.raises(ValidationError, match="LV_SMS_TRANSPORT"):
        Settings()


@pytest.mark.parametrize("missing", GATEWAY)
def test_a_gateway_needs_its_address_and_token(environment, missing: str):
    for name, value in (PRODUCTION | GATEWAY).items():
        environment.setenv(name, value)
    environment.delenv(missing)

    with pytest.raises(ValidationError, match="LV_SMS_GATEWAY"):
        Settings()


def test_messages_leave_over_https_only(environment):
    for name, value in (PRODUCTION | GATEWAY | {"LV_SMS_GATEWAY_URL": "http://sms.example/send"}).items():
        environment.setenv(name, value)

    with pytest.raises(ValidationError, match="sms_gateway_url"):
        Settings()


def test_production_starts_with_a_gateway(environment):
    for name, value in (PRODUCTION | GATEWAY).items():
        environment.setenv(name, value)
    settings.cache_clear()
    sms.transport.cache_clear()

    assert sms.transport() == sms.Gateway("https://sms.example/send", "t")
