"""Whatever residents, thieves and guessers do in whatever order, a plain model says what comes of it.

Over HTTP and with real commits, as half of what is refused must be kept: a wrong code counts, and a token
that comes back ends its session. Covers OWASP API2 of 2023.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
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

from backend.identity import service
from backend.identity.models import OneTimeCode, digest
from backend.kit import http
from backend.kit.db import transaction
from backend.settings import settings as chosen
from tests.backend.identity.sign_in_model import CODE_LIVES, DAY, GRACE, Asked, Doors, Known, Session
from tests.makers import NOON, PASSWORD, YUHANG, a_community, a_merchant

_examples = count(1)
ANY = some.integers(0, 1 << 16)
"""Which of those there are; taken modulo their number."""
A_LITTLE = some.sampled_from([0, 1, 29, 61])
A_SIDE = some.sampled_from([-1, 0, 1])
"""How many seconds before or after the moment at which something changes."""


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

    @rule(seconds=A_LITTLE)
    def time_passes(self, seconds: int) -> None:
        self.clock.at += timedelta(seconds=seconds)

    @precondition(lambda self: self.turns())
    @rule(which=some.sampled_from([0, 0, 0, 1, 1, 2, 3]), side=A_SIDE)
    def wait(self, which: int, side: int) -> None:
        """Wait for what changes next, or soon after; what is far away comes seldom, as it ends the rest."""
        turns = self.turns()
        self._go_to(turns[min(which, len(turns) - 1)], side)

    def turns(self) -> list[datetime]:
        """List when something changes by itself, soonest first."""
        return sorted(each for each in self.moments() if each > self.clock.at)

    def moments(self) -> Iterator[datetime]:
        """Tell when what there is changes by itself, or did."""
        raise NotImplementedError

    def _go_to(self, moment: datetime, side: int = 0) -> None:
        self.clock.at = max(self.clock.at, moment + timedelta(seconds=side))


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

    def moments(self) -> Iterator[datetime]:
        yield from self.model.moments()

    @rule(number=ANY)
    def ask(self, number: int) -> None:
        self._ask(self._phone(number))

    @precondition(lambda self: self.model.asked)
    @rule(which=ANY, number=ANY, is_right=some.booleans(), is_own=some.booleans(), fresh=some.booleans())
    def sign_in(self, which: int, number: int, is_right: bool, is_own: bool, fresh: bool) -> None:
        asked = self.model.asked[-1 - which % len(self.model.asked)]
        phone = asked.phone if is_own else self._phone(number)
        self._sign_in(asked, phone, asked.digits if is_right else asked.wrong, fresh=fresh)

    @precondition(lambda self: self.model.asked)
    @rule(times=some.integers(3, 6))
    def guess_on(self, times: int) -> None:
        """Guess at the newest code until it is used up, or nearly; then give the right one."""
        asked = self.model.asked[-1]
        for code in (*[asked.wrong] * times, asked.digits):
            self._sign_in(asked, asked.phone, code, fresh=True)

    @rule(number=ANY)
    def come_in(self, number: int) -> None:
        """Come in once more, on another device."""
        self._come_in(self._phone(number))

    @rule(number=ANY, side=A_SIDE)
    def come_late(self, number: int, side: int) -> None:
        """Give the right code when it is about to run out, or just has."""
        asked = self._code_for(self._phone(number))
        self._go_to(asked.at + CODE_LIVES, side)
        self._sign_in(asked, asked.phone, asked.digits, fresh=True)

    @rule(number=ANY, reissued=some.booleans(), side=A_SIDE)
    def come_as_somebody_new(self, number: int, reissued: bool, side: int) -> None:
        """Have a number that was given anew, or about a year after it was last heard of."""
        phone = self._phone(number)
        self._come_in(phone)
        if reissued:
            self.number_changes_hands(number)
        else:
            self._go_to(self.model.silent_at(phone), side)
        asked = self._code_for(phone)
        for fresh in (False, True):
            self._sign_in(asked, phone, asked.digits, fresh=fresh)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, old=some.integers(0, 2))
    def look_around(self, which: int, old: int) -> None:
        """List one's devices with an access token, the newest or one of those before."""
        self._look_around(self._session(which), old)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, old=some.sampled_from([0, 0, 1, 1, 2]))
    def go_on(self, which: int, old: int) -> None:
        """Exchange a refresh token: the newest, the one before as after a lost answer, or an older one."""
        self._go_on(self._session(which), old)

    @rule(number=ANY, old=some.integers(0, 3), side=A_SIDE | some.just(-30))
    def come_back(self, number: int, old: int, side: int) -> None:
        """Go on twice, and come back with an older token about when its grace ends; then with the newest."""
        session = self._signed_in(self._phone(number))
        for _ in range(2):
            self._go_on(session, 0)
        self._go_to(session.exchanged_at + GRACE, side)
        self._go_on(session, old)
        self._go_on(session, 0)
        self._look_around(session, 0)

    @precondition(lambda self: self.model.sessions)
    @rule(which=ANY, other=ANY)
    def end_device(self, which: int, other: int) -> None:
        """End a device, one's own or somebody else's."""
        self._end(self._session(which), self._session(other))

    @rule(number=ANY)
    def end_somebody_elses(self, number: int) -> None:
        """Try to end the device of somebody else, who goes on as if nothing were."""
        own, other = (self._signed_in(self._phone(each)) for each in (number, number + 1))
        self._go_on(own, 0)
        self._end(own, other)
        self._go_on(other, 0)

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
        phone = self._phone(number)
        with transaction() as db:
            found = service.reissue(db, [phone], at=self.at)
        assert found.known == (phone in self.model.numbers)
        self.model.changes_hands(phone)

    def _phone(self, number: int) -> str:
        return self.numbers[number % 3]

    def _session(self, which: int) -> Session:
        return self.model.sessions[-1 - which % len(self.model.sessions)]

    def _ask(self, phone: str) -> None:
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

    def _code_for(self, phone: str) -> Asked:
        """Wait until a number may have a code, and ask for it."""
        while self.model.why_no_code(phone, at=self.at):
            self.clock.at += timedelta(minutes=1)
        self._ask(phone)
        return self.model.asked[-1]

    def _sign_in(self, asked: Asked, phone: str, code: str, *, fresh: bool) -> None:
        expected = self.model.tries(asked, phone, code, fresh=fresh, at=self.at)
        device = f"device {next(self.names)}"
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
            (session.id,) = [each["id"] for each in self._look_around(session, 0) if each["is_this"]]

    def _come_in(self, phone: str) -> Session:
        asked = self._code_for(phone)
        self._sign_in(asked, phone, asked.digits, fresh=True)
        return self.model.sessions[-1]

    def _signed_in(self, phone: str) -> Session:
        """Find where a number is signed in, or sign it in."""
        return self.model.live(phone, at=self.at) or self._come_in(phone)

    def _look_around(self, session: Session, old: int) -> list[dict[str, Any]]:
        token = session.access[max(0, len(session.access) - 1 - old)]
        answer = self.call("GET", "/me/devices", token=token)
        assert answer.status == (200 if self.model.opens(session, token, at=self.at) else 401)
        if answer.status != 200:
            return []
        shown: list[dict[str, Any]] = answer.body["items"]
        assert sorted((each["name"], each["is_this"]) for each in shown) == self.model.devices(
            session, at=self.at
        )
        return shown

    def _go_on(self, session: Session, old: int) -> None:
        token = session.refresh[max(0, len(session.refresh) - 1 - old)]
        goes_on = self.model.refreshes(session, token, at=self.at)
        answer = self.call("POST", "/sign-in/refresh", {"refresh_token": token})
        assert answer.status == (200 if goes_on else 401), answer.body
        if goes_on:
            session.takes(answer.body, instead_of=token, at=self.at)

    def _end(self, session: Session, target: Session) -> None:
        is_in = self.model.opens(session, session.access[-1], at=self.at)
        is_there = target.person == session.person and target.is_live(self.at)
        answer = self.call("DELETE", f"/me/devices/{target.id}", token=session.access[-1])
        assert answer.status == (204 if is_in and is_there else 404 if is_in else 401)
        target.is_ended |= is_in and is_there


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

    def moments(self) -> Iterator[datetime]:
        for door in self.doors.values():
            yield from door.moments()

    @rule(who=ANY, is_right=some.booleans(), line=some.integers(1, 3), device=some.none() | ANY)
    def knock(self, who: int, is_right: bool, line: int, device: int | None) -> None:
        """Try a secret from a line, as a stranger or with what some device was told once, whosever it is."""
        told = [token for door in self.doors.values() for token in door.devices]
        token = None if device is None or not told else told[device % len(told)]
        self._knock(self._login(who), is_right=is_right, line=line, token=token)

    @rule(
        who=ANY, line=some.integers(1, 3), times=some.integers(4, 6), by_device=some.booleans(), side=A_SIDE
    )
    def guess_on(self, who: int, line: int, times: int, by_device: bool, side: int) -> None:
        """Guess until one must rest, or nearly; give the right secret at once, and when the rest ends."""
        login = self._login(who)
        token = self._known_device(login) if by_device else None
        for _ in range(times):
            self._knock(login, is_right=False, line=line, token=token)
        self._knock(login, is_right=True, line=line, token=token)
        self._go_to(self.doors[login].rests_until(line=line, token=token) or self.clock.at, side)
        self._knock(login, is_right=True, line=line, token=token)

    @rule(who=ANY, line=some.integers(1, 3), side=A_SIDE)
    def guess_again_tomorrow(self, who: int, line: int, side: int) -> None:
        """Guess until one must nearly rest, and once more about when that is forgotten."""
        login = self._login(who)
        self._wait_to_open(login, line)
        self._knock(login, is_right=True, line=line, token=None)
        for _ in range(4):
            self._knock(login, is_right=False, line=line, token=None)
        self._go_to(self.clock.at + DAY, side)
        self._knock(login, is_right=False, line=line, token=None)
        self._knock(login, is_right=True, line=line, token=None)

    @rule(who=ANY, line=some.integers(1, 3))
    def borrow(self, who: int, line: int) -> None:
        """Come with what a device was told for another login, or with what was made up: nobody knows it."""
        login = self._login(who)
        other = self._known_device(self._login(who + 1))
        for token in (other, other[:-4] + "AAAA"):
            self._wait_to_open(login, line)
            self._knock(login, is_right=True, line=line, token=token)

    @rule(who=ANY)
    def storm(self, who: int) -> None:
        """Guess from many lines, until all strangers must rest; the owner on a device of theirs need not."""
        login = self._login(who)
        token = self._known_device(login)
        for line in range(100, 150):
            self._knock(login, is_right=False, line=line, token=None)
        self._knock(login, is_right=True, line=150, token=None)
        self._knock(login, is_right=True, line=100, token=token)

    def _login(self, who: int) -> str:
        return self.logins[who % 2]

    def _knock(self, login: str, *, is_right: bool, line: int, token: str | None) -> None:
        door = self.doors[login]
        body = {"username": login, "password": PASSWORD if is_right else "not what it is"}
        opens = door.opens(is_right=is_right, line=line, token=token, at=self.clock.at)
        answer = self.call(
            "POST", "/sign-in/staff", body | ({"device_token": token} if token else {}), line=line
        )
        assert answer.status == (201 if opens else 401), answer.body
        if opens:
            told = answer.body["device_token"]
            assert (told is None) == (token in door.devices), "who is known already is told nothing new"
            door.devices += [told] if told else []

    def _wait_to_open(self, login: str, line: int) -> None:
        self._go_to(self.doors[login].rests_until(line=line, token=None) or self.clock.at)

    def _known_device(self, login: str) -> str:
        """Make the owner known on a new device, from a line that nobody guesses from."""
        self._wait_to_open(login, 9)
        self._knock(login, is_right=True, line=9, token=None)
        return self.doors[login].devices[-1]


@pytest.fixture
def city(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The platform at a time of ours, without a code that always fits."""
    monkeypatch.delenv("LV_FIXED_CODE")
    monkeypatch.setattr(http, "utc_now", lambda: Clock.at)
    chosen.cache_clear()
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
    return app


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
    _run(Residents, city, examples=30, steps=50)


@pytest.mark.long
def test_guessers_as_the_model_has_it_for_longer(city: Flask):
    _run(Guessers, city, examples=12, steps=20)
