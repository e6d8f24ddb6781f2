"""What stands around every answer: headers, origins, ids, limits of time, the log and the metrics.

Covers OWASP API4 (time) and API8 (headers, origins) of 2023 and ASVS 5.0 3.4, 4.1.3, 16.2.5 and 16.5.2.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from flask import request
from flask.testing import FlaskClient
from pydantic import ValidationError
from werkzeug.test import TestResponse

from backend.kit import db as kit
from backend.kit import logs
from backend.local.places import ROOT
from backend.local.roles import Database
from backend.settings import Settings, settings
from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code
from tests.conftest import NOWHERE

PAGES = "https://pages.example"
TOKEN = "a token for the one who measures"


def choose(patch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        patch.setenv(name, value)
    settings.cache_clear()


def shared(answer: TestResponse) -> list[str]:
    return [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_every_answer_is_closed_to_browsers(visitor: FlaskClient, post: Post):
    for answer in (
        post("/v1/notes", {"words": "a"}),
        post("/v1/none"),
        post("/v1/crashes"),
        visitor.get("/"),
    ):
        headers = answer.headers
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert (
            headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        )
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers
        assert not shared(answer)


def test_production_is_spoken_to_over_tls_only(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("LV_FIXED_CODE")
    choose(
        monkeypatch,
        LV_ENVIRONMENT="production",
        LV_SMS_TRANSPORT="gateway",
        LV_SMS_GATEWAY_URL="https://gateway.example",
        LV_SMS_GATEWAY_TOKEN="t",
    )

    assert visitor.get("/").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", f"{PAGES}.evil.example", "null", "", PAGES.upper()]
)
def test_the_pages_of_others_read_nothing(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, origin: str):
    choose(monkeypatch, LV_CORS_ORIGINS=PAGES)
    answer = visitor.options("/v1/notes", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})

    assert not shared(answer)
    assert "Origin" in answer.vary


def test_pages_that_the_settings_name_may_call_and_read(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    choose(monkeypatch, LV_CORS_ORIGINS=f"https://other.example,{PAGES}")
    asked = visitor.options("/v1/notes", headers={"Origin": PAGES, "Access-Control-Request-Method": "POST"})
    told = visitor.post("/v1/notes", headers={"Origin": PAGES})

    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]
    assert (
        asked.headers["Access-Control-Allow-Origin"] == told.headers["Access-Control-Allow-Origin"] == PAGES
    )
    assert "Retry-After" in told.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in told.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LV_CORS_ORIGINS", "*"),
        ("LV_CORS_ORIGINS", "pages.example"),
        ("LV_CORS_ORIGINS", "https://pages.example/"),
        ("LV_PROXIES", "proxy"),
        ("LV_METRICS_TOKEN", "short"),
    ],
)
def test_a_setting_that_says_nothing_sensible_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        ("127.0.0.0/8", "trace-0123", True),
        ("10.0.0.0/8,127.0.0.1", "trace-0123", True),
        ("", "trace-0123", False),
        ("10.0.0.0/8", "trace-0123", False),
        ("127.0.0.1", "short", False),
        ("127.0.0.1", "a" * 65, False),
        ("127.0.0.1", "a line\tbreak", False),
    ],
)
def test_an_id_is_taken_from_a_trusted_proxy_only(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, proxies: str, given: str, taken: bool
):
    choose(monkeypatch, LV_PROXIES=proxies)
    answer = visitor.get("/v1/none", headers={"X-Request-Id": given})

    assert (answer.headers["X-Request-Id"] == given) == taken


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ("", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1,203.0.113.0/24", "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        ("127.0.0.1", "2001:db8::9", "2001:db8::9"),
        ("127.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
    ],
)
def test_the_caller_is_who_the_last_trusted_proxy_saw(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, proxies: str, forwarded: str, address: str
):
    choose(monkeypatch, LV_PROXIES=proxies)

    with visitor:
        visitor.get("/v1/none", headers={"X-Forwarded-For": forwarded})
        assert request.remote_addr == address


@pytest.fixture
def impatient(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    choose(monkeypatch, LV_LOCK_SECONDS="1", LV_STATEMENT_SECONDS="1")
    kit.engine().dispose()
    yield visitor
    kit.engine().dispose()


@pytest.mark.parametrize("statement", ["select pg_sleep(5)", "lock table clock_run"])
def test_what_takes_too_long_is_answered_and_may_be_tried_again(
    impatient: FlaskClient, emptied: Database, monkeypatch: pytest.MonkeyPatch, statement: str
):
    monkeypatch.setattr(planted, "SLOW", statement)
    with psycopg.connect(emptied.owner_url) as owner:
        owner.execute("lock table clock_run")
        answer = impatient.post("/v1/statements")

    assert code(answer) == (503, "busy")
    assert answer.headers["Retry-After"] == "1"
    assert planted.written() == []


def test_a_database_that_is_away_is_no_crash(impatient: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    choose(monkeypatch, DATABASE_URL=f"postgresql://{NOWHERE}/none")

    assert code(impatient.post("/v1/statements")) == (503, "busy")


def test_a_pool_that_is_empty_is_no_crash(impatient: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kit.engine().pool, "_timeout", 0.1)
    with ThreadPoolExecutor() as threads:
        held = [kit.engine().connect() for _ in range(settings().database_pool)]
        answer = threads.submit(impatient.post, "/v1/statements").result()
        for connection in held:
            connection.close()

    assert code(answer) == (503, "busy")


def test_an_answer_leaves_a_line_without_what_is_personal(
    post: Post, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    choose(monkeypatch, LV_LOG_REQUESTS="yes")
    logs.configure()
    post("/v1/notes?phone=13800000001", {"words": "a secret"})
    post("/v1/refusals/full")

    first, second = capsys.readouterr().out.splitlines()
    assert f"actor={planted.person('alice').id}" in first
    assert "method=POST" in first
    assert "route=/v1/notes" in first
    assert "status=201" in first
    assert "request_id=" in first
    assert "secret" not in first
    assert "13800000001" not in first
    assert "route=/v1/refusals/<kind>" in second
    assert "full" not in second


def test_metrics_are_for_who_has_the_token(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    def ask(token: str) -> int:
        return visitor.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code

    assert ask("None") == ask("") == 404
    choose(monkeypatch, LV_METRICS_TOKEN=TOKEN)
    assert (ask(TOKEN), ask(""), ask(TOKEN[:-1]), ask("bad")) == (200, 401, 401, 401)


@pytest.mark.usefixtures("valkey")
def test_metrics_tell_what_was_answered_and_what_waits(
    visitor: FlaskClient, post: Post, monkeypatch: pytest.MonkeyPatch
):
    choose(monkeypatch, LV_METRICS_TOKEN=TOKEN)
    before = measured(visitor)
    post("/v1/notes", {"words": "a"})
    post("/v1/refusals/full")
    post("/v1/none/of/our/business/13800000001")
    after = measured(visitor)

    def more(line: str) -> float:
        return after[line] - before.get(line, 0)

    assert more('lv_requests_total{method="POST",route="/v1/notes",status="201"}') == 1
    assert more('lv_requests_total{method="POST",route="/v1/refusals/<kind>",status="409"}') == 1
    assert more('lv_requests_total{method="POST",route="none",status="404"}') == 1
    assert more('lv_request_seconds_count{method="POST",route="/v1/notes"}') == 1
    assert (after["lv_outbox_due"], after["lv_outbox_dead"], after["lv_queue_depth"]) == (0, 0, 0)
    assert after["lv_queue_up"] == 1
    assert after['lv_connections{state="active"}'] >= 1
    assert not any("13800000001" in line for line in after)


def measured(client: FlaskClient) -> dict[str, float]:
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    lines = (line.rpartition(" ") for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_metrics_say_that_the_queue_is_away(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    choose(monkeypatch, LV_METRICS_TOKEN=TOKEN, REDIS_URL=f"redis://{NOWHERE}")

    assert measured(visitor)["lv_queue_up"] == 0


COUNTING = """
import json, sys
from backend.kit import metrics
metrics.count(method="GET", route="/", status=200, seconds=0.1)
print(json.dumps(metrics._counted().get_sample_value("lv_requests_total",
      {"method": "GET", "route": "/", "status": "200"})))
"""


def test_workers_add_up_in_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "counts"))

    def worker() -> float:
        ran = subprocess.run([sys.executable, "-c", COUNTING], cwd=ROOT, capture_output=True, check=True)
        return float(json.loads(ran.stdout))

    assert [worker(), worker(), worker()] == [1, 2, 3]
