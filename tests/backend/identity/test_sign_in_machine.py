"""Whatever residents, thieves and guessers do in whatever order, a plain model says what comes of it.

Over HTTP and with real commits, as half of what is refused must be kept: a wrong code counts, and a token
that comes back ends its session. Covers OWASP API2 of 2023.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from backend.identity import passwords, service
from backend.identity.models import OneTimeCode, digest
from backend.kit import http
from backend.kit.db import transaction
from backend.settings import settings as chosen
from tests.backend.identity.sign_in_model import Asked, Doors, Known, Session
from tests.makers import NOON, PASSWORD, YUHANG, a_community, a_merchant

_examples = count(1)
ANY = some.integers(0, 1 << 16)
"""Which of those there are; taken modulo their number."""
SECONDS = some.sampled_from([0, 1, 29, 30, 59, 61, 299, 301, 899, 901, 3_599, 3_601])
DAYS = some.sampled_from([1, 29, 31, 364, 366])


class Said(NamedTuple):
    """An answer."""

    status: int
    body: dict[str, Any]


class Clock:
    """The one that requests are judged by."""

    at: datetime = NOON


class Sequel(RuleBasedStateMachine):
    """What both machines share: a client, and a time that never goes back, from example to example."""

    clock = Clock

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.client = app.test_client()
        self.no = next(_examples)
        self.clock.at += timedelta(days=2)

    def call(self, verb: str, path: str, body: object = None, *, token: str = "", line: int = 0) -> Said:
        """Send a request from one of the lines of this example."""
        answer = self.client.open(
            f"/v1{path}",
            method=verb,
            json=body,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            environ_overrides={"REMOTE_ADDR": f"10.{self.no >> 8 & 255}.{self.no & 255}.{line}"},
        )
        return Said(answer.status_code, answer.get_json(silent=True) or {})

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: int) -> None:
        """Go on a little, to one side or the other of what is waited for."""
        self.clock.at += timedelta(seconds=seconds)


class Residents(Sequel):
    """Three numbers, and whoever asks for codes, signs in, goes on and comes back with old tokens."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.numbers = [f"161{self.no:04}{each:04}" for each in range(3)]
        self.model = Known()
        self.names = count(1)

    @property
    def at(self) -> datetime:
        return self.clock.at

    @rule(number=ANY)
    def ask(self, number: int) -> None:
        phone = self.numbers[number % 3]
        refused = self.model.why_no_code(phone, at=self.at)
        answer = self.call("POST", "/sign-in/codes", {"phone": phone})
        assert answer.status == (429 if refused else 202), answer.body
        if refused:
            assert answer.body["code"] == refused
            return
        asked = answer.body["request_id"]
        with transaction() as db:
            row = db.scalars(select(OneTimeCode).where(OneTimeCode.request_hash == digest(asked))).one()
            self.model.asked.append(Asked(phone, asked, row.digits(), at=self.at))

    @precondition(lambda self: self.model.asked)
    @rule(which=ANY, number=ANY, is_right=some.booleans(), is_own=some.booleans(), fresh=some.booleans())
    def sign_in(self, which: int, number: int, is_right: bool, is_own: bool, fresh: bool) -> None:
        asked = self.model.asked[-1 - which % len(self.model.asked)]
        phone = asked.phone if is_own else self.numbers[number % 3]
        code = asked.digits if is_right else f"{(int(asked.digits) + 1) % 10**6:06}"
        device = f"device {next(self.names)}"
        self._sign_in(asked, phone, code, device, fresh=fresh)

    def _sign_in(self, asked: Asked, phone: str, code: str, device: str, *, fresh: bool) -> None:
        expected = self.model.tries(asked, phone, code, fresh=fresh, at=self.at)
        body = {
            "phone": phone,
            "request_id": asked.request_id,
            "code": code,
            "device": device,
            "fresh_start": fresh,
        }
        answer = self.call("POST", "/sign-in/resident", body)
        assert (answer.status, answer.body.get("code")) == expected, answer.body
        if answer.status == 201:
            session = self.model.begins(phone, device, answer.body, at=self.at)
            shown = self.call("GET", "/me/devices", token=session.access[-1]).body["items"]
            (session.id,) = [each["id"] for each in shown if each["is_this"]]

    @precondition(lambda self: self.model.asked)
    @rule(times=some.integers(3, 6))
    def guess_on(self, times: int) -> None:
        """Guess at the newest code until it is used up, or nearly; then give the right one."""
        asked = self.model.asked[-1]
        wrong = f"{(int(asked.digits) + 1) % 10**6:06}"
        for code in (*[wrong] * times, asked.digits):
            self._sign_in(asked, asked.phone, code, f"device {next(self.names)}", fresh=True)

    @precondition(lambda self: len(self.model.numbers) < 3 or not self.model.sessions)
    @rule(number=ANY)
    def come_in(self, number: int) -> None:
        """Ask and answer without a mistake, so that there are sessions to try things with."""
        before = len(self.model.asked)
        self.ask(number)
        for asked in self.model.asked[before:]:
            self._sign_in(asked, asked.phone, asked.digits, f"device {next(self.names)}", fresh=True)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, old=some.integers(0, 2))
    def look_around(self, which: int, old: int) -> None:
        """List one's devices with an access token, the newest or one of those before."""
        session = self._session(which)
        token = session.access[max(0, len(session.access) - 1 - old)]
        answer = self.call("GET", "/me/devices", token=token)
        assert answer.status == (200 if self.model.opens(session, token, at=self.at) else 401)
        if answer.status == 200:
            shown = [(each["name"], each["is_this"]) for each in answer.body["items"]]
            assert sorted(shown) == self.model.devices(session, at=self.at)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, old=some.sampled_from([0, 0, 1, 1, 2]))
    def go_on(self, which: int, old: int) -> None:
        """Exchange a refresh token: the newest, the one before as after a lost answer, or an older one."""
        session = self._session(which)
        token = session.refresh[max(0, len(session.refresh) - 1 - old)]
        goes_on = self.model.refreshes(session, token, at=self.at)
        answer = self.call("POST", "/sign-in/refresh", {"refresh_token": token})
        assert answer.status == (200 if goes_on else 401), answer.body
        if goes_on:
            session.takes(answer.body, instead_of=token, at=self.at)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, other=ANY)
    def end_device(self, which: int, other: int) -> None:
        """End a device, one's own or somebody else's."""
        session, target = self._session(which), self._session(other)
        is_in = self.model.opens(session, session.access[-1], at=self.at)
        is_there = target.person == session.person and target.is_live(self.at)
        answer = self.call("DELETE", f"/me/devices/{target.id}", token=session.access[-1])
        assert answer.status == (204 if is_in and is_there else 404 if is_in else 401)
        target.is_ended |= is_in and is_there

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY)
    def sign_out(self, which: int) -> None:
        session = self._session(which)
        is_in = self.model.opens(session, session.access[-1], at=self.at)
        answer = self.call("DELETE", "/sign-in", token=session.access[-1])
        assert answer.status == (204 if is_in else 401)
        session.is_ended |= is_in

    @rule(number=ANY)
    def number_changes_hands(self, number: int) -> None:
        """Hear from the network that it gave a number to somebody new; who is signed in stays so."""
        phone = self.numbers[number % 3]
        with transaction() as db:
            found = service.reissue(db, [phone], at=self.at)
        assert found.known == (phone in self.model.numbers)
        self.model.changes_hands(phone)

    @rule(days=DAYS)
    def days_pass(self, days: int) -> None:
        self.clock.at += timedelta(days=days)

    def _session(self, which: int) -> Session:
        return self.model.sessions[-1 - which % len(self.model.sessions)]


class Guessers(Sequel):
    """Two members of staff, and strangers who know what they are called."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.logins = [f"till-{self.no}-{each}" for each in range(2)]
        self.doors = {login: Doors() for login in self.logins}

    @initialize()
    def hire(self) -> None:
        with transaction(districts=[YUHANG]) as db:
            shop = a_merchant(db)
            for login in self.logins:
                service.register_staff(
                    db,
                    username=login,
                    password=PASSWORD,
                    name="孙八",
                    district=YUHANG,
                    role="till",
                    organisation=shop,
                    must_change=False,
                    at=self.clock.at,
                )

    @rule(who=ANY, is_right=some.booleans(), line=some.integers(1, 3), device=some.none() | ANY)
    def knock(self, who: int, is_right: bool, line: int, device: int | None) -> None:
        """Try a secret from a line, as a stranger or with what some device was told once, whosever it is."""
        told = [token for door in self.doors.values() for token in door.devices]
        token = None if device is None or not told else told[device % len(told)]
        self._knock(self.logins[who % 2], is_right=is_right, line=line, token=token)

    def _knock(self, login: str, *, is_right: bool, line: int, token: str | None) -> None:
        door = self.doors[login]
        body = {"username": login, "password": PASSWORD if is_right else "not what it is"}
        opens = door.opens(is_right=is_right, line=line, token=token, at=self.clock.at)
        answer = self.call(
            "POST", "/sign-in/staff", body | ({"device_token": token} if token else {}), line=line
        )
        assert answer.status == (201 if opens else 401), answer.body
        if opens and answer.body["device_token"] is not None:
            assert token not in door.devices
            door.devices.append(answer.body["device_token"])

    @rule(who=ANY, line=some.integers(1, 3), times=some.integers(4, 6))
    def guess_on(self, who: int, line: int, times: int) -> None:
        """Guess from one line until it must rest, or nearly."""
        for _ in range(times):
            self._knock(self.logins[who % 2], is_right=False, line=line, token=None)

    @rule(who=ANY)
    def storm(self, who: int) -> None:
        """Guess from many lines, until all strangers must rest; the owner on a device of theirs need not."""
        login = self.logins[who % 2]
        for line in range(100, 149):
            self._knock(login, is_right=False, line=line, token=None)
        door = self.doors[login]
        for token in door.devices[-1:]:
            if not door.has_guessed(token):
                self._knock(login, is_right=True, line=100, token=token)
                assert door.opens(is_right=True, line=100, token=token, at=self.clock.at)

    @rule(hours=some.sampled_from([1, 23, 25]))
    def hours_pass(self, hours: int) -> None:
        self.clock.at += timedelta(hours=hours)


@pytest.fixture
def city(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The platform at a time of ours, without a code that always fits."""
    monkeypatch.delenv("LV_FIXED_CODE")
    monkeypatch.setattr(http, "utc_now", lambda: Clock.at)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords.of_nobody.cache_clear()
    chosen.cache_clear()
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
    yield app
    passwords.of_nobody.cache_clear()


def _run(machine: type[Sequel], app: Flask, *, examples: int, steps: int) -> None:
    class Ours(machine):  # type: ignore[misc, valid-type]  # the class is given
        def __init__(self) -> None:
            super().__init__(app)

    Ours.__name__ = machine.__name__
    run_state_machine_as_test(
        Ours,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_residents_as_the_model_has_it(city: Flask):
    _run(Residents, city, examples=8, steps=30)


def test_guessers_as_the_model_has_it(city: Flask):
    _run(Guessers, city, examples=3, steps=12)


@pytest.mark.long
def test_residents_as_the_model_has_it_for_longer(city: Flask):
    _run(Residents, city, examples=150, steps=60)


@pytest.mark.long
def test_guessers_as_the_model_has_it_for_longer(city: Flask):
    _run(Guessers, city, examples=60, steps=40)
