"""A platform with its registers and its demo cast, copied for each journey."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from honcho.environ import parse_procfile
from werkzeug.test import TestResponse

from backend.identity import totp
from backend.kit import db as kit
from backend.kit.clock import utc_now
from backend.local import places, processes
from backend.local.roles import Database
from backend.settings import settings
from seeds import load
from tests.conftest import Copies, _point_at

CODE = "246810"


@pytest.fixture(scope="session")
def seeded(copies: Copies) -> Iterator[Database]:
    """A database with the registers and the cast, which nobody else writes to."""
    made = copies.take()
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, made)
        load.registers(say=lambda _: None)
        load.demo(say=lambda _: None)
        kit.engine().dispose()
    settings.cache_clear()
    yield made
    copies.drop(made.name)


@pytest.fixture
def database(copies: Copies, seeded: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A copy of the seeded database for this journey alone."""
    made = Copies(copies.servers, seeded.name).take()
    _point_at(monkeypatch, made)
    yield made
    kit.engine().dispose()
    settings.cache_clear()
    copies.drop(made.name)


@pytest.fixture
def address(database, valkey) -> Iterator[str]:
    """A web process of the Procfile on a free port."""
    port = str(processes.free_port())
    command = parse_procfile((places.ROOT / "Procfile").read_text()).processes["web"]
    path = f"{places.ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PORT": port, "WEB_WORKERS": "1", "PATH": path}
    web = subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], cwd=places.ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{base}/readyz")
        yield base
    finally:
        web.terminate()
        web.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@dataclass(frozen=True)
class Caller:
    """Somebody with a device: signed in, and with a fresh key for each thing done."""

    client: FlaskClient
    token: str

    def get(self, path: str, status: int = 200) -> Any:
        """Ask."""
        return answered(self.client.get(path, headers=self._headers()), status)

    def post(self, path: str, body: Any = None, status: int = 200, key: str | None = None) -> Any:
        """Do."""
        return answered(self.send(path, body, key=key), status)

    def send(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        """Do, and see the whole answer."""
        headers = {**self._headers(), "Idempotency-Key": key or str(uuid4())}
        return self.client.post(path, json=body, headers=headers)

    def delete(self, path: str, status: int = 200) -> Any:
        """Take back."""
        return answered(self.client.delete(path, headers=self._headers()), status)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}


def answered(answer: TestResponse, status: int) -> Any:
    """Check the status and return the body."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.get_data(as_text=True)}"
    return answer.get_json()


@dataclass(frozen=True)
class City:
    """The platform with everybody who uses it."""

    app: Flask

    def caller(self, path: str, body: dict[str, str]) -> Caller:
        """Sign somebody in on a device of their own."""
        client = self.app.test_client()
        return Caller(client, answered(client.post(path, json=body), 201)["access_token"])

    def resident(self, phone: str) -> Caller:
        """Sign a resident in with the code that came to the number."""
        asked = answered(self.app.test_client().post("/v1/sign-in/codes", json={"phone": phone}), 202)
        proof = {"request_id": asked["request_id"], "code": CODE}
        return self.caller("/v1/sign-in/resident", {"phone": phone, **proof})

    def zhang(self) -> Caller:
        """Sign Zhang San in; the household has an address in Yuhang."""
        return self.resident(load.cast("zhang_san")["phone"])

    def wang(self) -> Caller:
        """Sign Wang Wu of another household in."""
        return self.resident(load.cast("wang_wu")["phone"])

    def collector(self, number: str) -> Caller:
        """Sign a collector in."""
        secret = {"pin": load.cast(number)["pin"], "phone_code": CODE}
        return self.caller("/v1/sign-in/collector", {"number": number, **secret})

    def till(self) -> Caller:
        """Sign the shop's till in."""
        who = load.cast("sun_ba")
        return self.caller("/v1/sign-in/staff", {"username": who["username"], "password": who["password"]})

    @cached_property
    def admin(self) -> Caller:
        """The administrator, signed in once: a code of the authenticator is good once."""
        who = load.cast("zhou_jiu")
        half = self.caller("/v1/sign-in/staff", {"username": who["username"], "password": who["password"]})
        code = totp.code_at(who["totp_secret"], utc_now())
        return Caller(half.client, half.post("/v1/sign-in/second-factor", {"code": code})["access_token"])


@pytest.fixture
def city(app: Flask) -> City:
    """Everybody, on a database of this journey's own."""
    return City(app)


GLASS = {"material": "glass", "gross_grams": 5_400, "tare_grams": 200}
CARDBOARD = {"material": "cardboard", "gross_grams": 3_000, "tare_grams": 0}


@dataclass(frozen=True)
class Bag:
    """A bag on a scale, and the two who must agree on it."""

    resident: Caller
    collector: Caller
    pickup: str
    weighing: str
    lines: list[dict[str, Any]]

    @property
    def path(self) -> str:
        """Where the weighing is."""
        return f"/v1/weighings/{self.weighing}"


def weighed(city: City, resident: Caller, *lines: dict[str, Any]) -> Bag:
    """Bring a bag from one tap onto the scale."""
    booked = resident.post("/v1/pickups", status=201)
    collector = city.collector(booked["collector"]["number"])
    for step in ("acceptance", "arrival"):
        collector.post(f"/v1/pickups/{booked['id']}/{step}")
    scale = collector.get("/v1/scales")["items"][0]["id"]
    body = {"pickup_id": booked["id"], "scale_id": scale, "lines": list(lines or (GLASS, CARDBOARD))}
    quote = collector.post("/v1/weighings", body, status=201)
    return Bag(resident, collector, booked["id"], quote["id"], quote["lines"])


def quoted(city: City, resident: Caller, *lines: dict[str, Any]) -> Bag:
    """Bring a bag from one tap to a delivered quote."""
    bag = weighed(city, resident, *lines)
    bag.collector.post(f"{bag.path}/quote")
    return bag
