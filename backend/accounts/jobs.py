"""What the clock does to the books by itself."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

import ledger
from backend.accounts import audit, lapsing, logs, service, settling, witnesses
from backend.accounts.parties import Month
from backend.kit import logs as logs_of_process
from backend.kit.auth import Actor
from backend.kit.clock import CITY, city_day, utc_now
from backend.kit.db import transaction
from backend.kit.jobs import claimed, handles, later
from backend.network import queries as network
from backend.settings import settings

log = structlog.get_logger()

_ONE_DAY = 86_400
_TURN_SECONDS, _ROUND_SECONDS, _REST_SECONDS = 0.5, 5, 60
_TO_MIDNIGHT = timedelta(hours=5)
"""From three in the morning in the city, 19:00 UTC, to midnight UTC, when the clock's days begin."""
_SUNDAY = 6
_SETTLED_ON = frozenset({2, 3})
"""The days of a month on which the one before is drawn up: what comes late by a day is still on it."""
_AHEAD = timedelta(hours=8)
"""By so much a day begins earlier in the city than where the clock's days do."""


def seal() -> int:
    """Bring each district's log up to its end and sign it; return how many entries were sealed.

    What goes wrong in one keeps no other from it, nor does one that is far behind: they take turns. After
    some seconds the clock has other things to do, and goes on with the next call.
    """
    until, sealed = time.monotonic() + _ROUND_SECONDS, 0
    with transaction(districts=_districts(), read_only=True) as db:
        behind = logs.behind(db)
    while behind:
        turns = {district: _turn(district) for district in behind}
        sealed += sum(turn.sealed for turn in turns.values())
        behind = [district for district, turn in turns.items() if turn.is_behind]
        if time.monotonic() > until:
            break
    return sealed


class _Turn(NamedTuple):
    """What was done of one log, and whether more is left."""

    sealed: int = 0
    is_behind: bool = False


def _turn(district: str) -> _Turn:
    """Seal and sign so much that whoever has just posted has a proof soon, however much comes after it."""
    try:
        sealed, grown = _for_a_while(service.seal, district), _for_a_while(logs.grow, district)
        with transaction(districts=[district]) as db:
            logs.publish(db, district, at=utc_now())
    except ledger.UnknownBook:
        return _Turn()
    except Exception:
        log.exception("sealing_failed", district=district)
        return _Turn()
    return _Turn(sealed, sealed + grown > 0)


def _for_a_while(step: Callable[[Session, str], int], district: str) -> int:
    """Do a step again and again, each in a transaction of its own, until nothing is left or time is over."""
    until, done = time.monotonic() + _TURN_SECONDS, 0
    while True:
        with transaction(districts=[district]) as db:
            now = step(db, district)
        done += now
        if not now or time.monotonic() > until:
            return done


def witness(who: witnesses.Witness, *, resting: dict[str, float] | None = None) -> int:
    """Have a witness sign the newest checkpoint of each district; return how many it has signed now.

    One that knows only some of the logs, or not their newest keys, signs the others.

    :param resting: until when it is not asked again for a district that it has refused
    """
    resting, signed = {} if resting is None else resting, 0
    for district in _districts():
        if time.monotonic() < resting.get(district, 0):
            continue
        try:
            signed += witnesses.ask(who, district)
        except witnesses.Ahead as why:
            log.error("witness_is_ahead", district=district, why=str(why))  # noqa: TRY400 - it says it all
            resting[district] = time.monotonic() + _REST_SECONDS
        except witnesses.Unwitnessed as why:
            log.warning("not_witnessed", district=district, why=str(why))
            if isinstance(why, witnesses.Away):
                break
            resting[district] = time.monotonic() + _REST_SECONDS
    return signed


def keep_asking_witnesses(*, every_seconds: float) -> None:
    """Ask each witness of the settings from now on, in a thread of its own: who is slow delays nobody."""
    for who in witnesses.named(settings().witnesses):
        Thread(target=_keep_asking, args=(who, every_seconds), daemon=True, name=who.key.name).start()


def _keep_asking(who: witnesses.Witness, every_seconds: float) -> None:
    resting: dict[str, float] = {}
    while True:
        try:
            witness(who, resting=resting)
        except Exception:
            log.exception("witness_failed", witness=who.key.name)
        time.sleep(every_seconds)


def _districts() -> list[str]:
    with transaction(read_only=True) as db:
        return [district.code for district in network.districts(db)]


def look_after_lapses() -> int:
    """Have workers tell what will lapse and take what has, as each day of the city begins; by district."""
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "lapses", every_seconds=_ONE_DAY, at=at + _AHEAD):
            return 0
        districts = network.districts(db)
        night = city_day(at).isoformat()
        for district in districts:
            later(db, "accounts.expire", {"night": night}, district=district.code, at=at)
            later(db, "accounts.warn", {}, district=district.code, at=at)
    return len(districts)


@handles("accounts.expire")
def expire(db: Session, *, district: str, at: datetime, night: str, after: str | None = None) -> None:
    """Take what has lapsed, a batch of households a transaction."""
    last = lapsing.expire(db, district=district, night=date.fromisoformat(night), at=at, after=after)
    if last is not None:
        later(db, "accounts.expire", {"night": night, "after": last}, district=district, at=at)


@handles("accounts.warn")
def warn(db: Session, *, district: str, at: datetime) -> None:
    """Tell whose points will lapse, a batch of dates a transaction."""
    if lapsing.warn(db, district=district, at=at):
        later(db, "accounts.warn", {}, district=district, at=at)


def look_after_settlement() -> int:
    """Have workers draw up the month before, by the third of a month; return in how many districts."""
    at = utc_now()
    with transaction() as db:
        if at.astimezone(CITY).day not in _SETTLED_ON:
            return 0
        if not claimed(db, "settlement", every_seconds=_ONE_DAY, at=at + _TO_MIDNIGHT):
            return 0
        districts = network.districts(db)
        for district in districts:
            facts = {"month": str(Month.before(at))}
            later(db, "accounts.draw_up", facts, district=district.code, at=at)
    return len(districts)


@handles("accounts.draw_up")
def draw_up(db: Session, *, district: str, at: datetime, month: str) -> None:
    """Draw up what a month lacks."""
    settling.draw_up(db, district=district, month=Month.read(month), by=Actor.system(district), at=at)


def audit_nightly() -> BaseProcess | None:
    """Check every book once a night: what came since the last sound audit, on Sundays everything.

    It reads and computes for long, so it runs in a process of its own, which is returned: in a thread it
    would hold up the sealer. Of several clocks one runs it.
    """
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "audit", every_seconds=_ONE_DAY, at=at + _TO_MIDNIGHT):
            return None
    whole = at.astimezone(CITY).weekday() == _SUNDAY
    running = get_context("spawn").Process(target=_audit, kwargs={"whole": whole}, name="audit", daemon=True)
    running.start()
    return running


def _audit(*, whole: bool) -> None:
    logs_of_process.configure()
    chosen, said = settings(), list[str]()
    try:
        sound = audit.run(
            chosen.database_auditor_url or chosen.database_url, say=said.append, since_last=not whole
        )
    except Exception:
        log.exception("audit_failed")
        return
    if sound:
        log.info("audit_sound", whole=whole)
    else:
        log.error("audit_unsound", whole=whole, wrong=[line.strip() for line in said if "WRONG" in line])
