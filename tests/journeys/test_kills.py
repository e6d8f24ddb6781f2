"""Web, worker, sealer and PostgreSQL are killed at random, again and again, while households bring bags.

What a household was told is in its journal: nothing of it is lost or done twice. Whoever read the log
over HTTP meanwhile has checkpoints: all of them are of one log, that only grew. What is killed when follows
from a seed, which is printed; LV_SEED chooses another one.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from backend import migrations
from backend.accounts import audit
from backend.kit import db as kit
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.local.roles import Database
from backend.settings import settings
from ledger.verify import Key, check_pair, open_checkpoint
from seeds import load
from tests.breakable import Breakable, breakable
from tests.conftest import _point_at
from tests.makers import NOON, YUHANG, some_points
from tests.patient import Patient
from tests.supervised import Supervised, supervised

pytestmark = pytest.mark.long

OUTAGES = 16
HOUSEHOLDS, BAGS = 4, 40
CODE = "246810"
LINES = [{"material": "glass", "gross_grams": 400}, {"material": "cardboard", "gross_grams": 3_000}]
COLLECTORS = ("C0001", "C0002")
BUSY = ("web", "worker", "clock")
LOG = f"/log/{YUHANG}"


@dataclass
class Journal:
    """What a household was told."""

    resident: Patient
    keys: list[str] = field(default_factory=list)
    points: int = 0
    held: int = 0


@dataclass
class Aftermath:
    """What is left when it is over."""

    database: Database
    running: Supervised
    journals: list[Journal]
    notes: set[str]


@pytest.fixture
def server(seed: int) -> Iterator[Breakable]:
    with breakable("kills", random.Random(seed)) as standing:
        yield standing


@pytest.fixture
def database(server: Breakable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A city of its own on a server of its own; the sealer remembers outside of it what it has published."""
    made = server.database("city")
    migrations.upgrade(made.owner_url)
    monkeypatch.setenv("LV_LOG_MEMORY", str(tmp_path / "memory"))
    monkeypatch.setenv("LV_PROOF_POINTS", "1000000")
    _point_at(monkeypatch, made)
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)
    yield made
    kit.engine().dispose()
    settings.cache_clear()


@pytest.fixture
def running(database: Database, valkey: str, tmp_path: Path) -> Iterator[Supervised]:
    with supervised(*BUSY, log=tmp_path / "said") as crew:
        crew.wait_until_ready()
        yield crew


@pytest.fixture
def aftermath(
    database: Database, server: Breakable, running: Supervised, seed: int, record_property: Any
) -> Aftermath:
    """Live through it."""
    draw, notes, over = random.Random(seed), set[str](), Event()
    journals = [Journal(a_household(running.url, nth)) for nth in range(HOUSEHOLDS)]
    collectors = signed_in_collectors(running.url)
    with (
        ThreadPoolExecutor(HOUSEHOLDS) as households,
        beside(over, give_points),
        beside(over, lambda: collect(running.url, notes)),
    ):
        try:
            bringing = [households.submit(bring, journal, collectors, over) for journal in journals]
            for nth in range(OUTAGES):
                time.sleep(draw.uniform(0.5, 4))
                if nth % 2:
                    wait_for_news(notes)
                hit_something(server, running, draw)
        finally:
            over.set()
        for one in bringing:
            one.result()
    wait_until_sealed(database, running)
    collect(running.url, notes)
    record_property("bags", sum(len(journal.keys) for journal in journals))
    record_property("checkpoints", len(notes))
    return Aftermath(database, running, journals, notes)


def hit_something(server: Breakable, running: Supervised, draw: random.Random) -> None:
    """Kill a process of ours, or something of PostgreSQL, or both in one moment."""
    what = draw.choice((*BUSY, "server", "everything"))
    if what in BUSY:
        running.kill(what)
        return
    if what == "everything":
        for name in BUSY:
            running.kill(name)
    draw.choice(server.outages)()


@contextmanager
def beside(over: Event, step: Any) -> Iterator[None]:
    """Do something again and again in a thread of its own."""

    def keep_on() -> None:
        while not over.is_set():
            step()

    thread = Thread(target=keep_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def a_household(url: str, nth: int) -> Patient:
    """Sign somebody new in, and let them live next to the cast."""
    stranger, phone = Patient(url), f"1610002{nth:04}"
    asked = stranger.post("/v1/sign-in/codes", {"phone": phone})
    resident = stranger.sign_in("resident", phone=phone, request_id=asked["request_id"], code=CODE)
    home = {"community": load.cast("zhang")["community"], "address": f"示范路2号1幢{nth}室（虚构）"}
    resident.post("/v1/household", {**home, "consent": {"agreed": True, "version": "2026-01"}})
    return resident


def signed_in_collectors(url: str) -> dict[str, Patient]:
    """Sign in who fetches the bags."""
    return {
        number: Patient(url).sign_in(
            "collector", number=number, pin=load.cast(number)["pin"], phone_code=CODE
        )
        for number in COLLECTORS
    }


def bring(journal: Journal, collectors: dict[str, Patient], over: Event) -> None:
    """Bring bags and take vouchers, and write down whatever was answered."""
    scale, offer = str(load.cast("scale_1")["id"]), str(load.cast("donation")["id"])
    resident = journal.resident
    for _ in range(BAGS):
        if over.is_set():
            return
        pickup = resident.post("/v1/pickups")
        collector = collectors[pickup["collector"]["number"]]
        for step in ("acceptance", "arrival"):
            collector.post(f"/v1/pickups/{pickup['id']}/{step}")
        bag = {"pickup_id": pickup["id"], "scale_id": scale, "lines": LINES}
        weighing = collector.post("/v1/weighings", bag)["id"]
        collector.post(f"/v1/weighings/{weighing}/quote")
        receipt = resident.post(f"/v1/weighings/{weighing}/confirmation")
        journal.keys.append(f"weighing/{weighing}/confirmed")
        journal.points += receipt["totals"]["green_points"]
        taken = resident.post("/v1/redemptions", {"offer_id": offer})
        journal.keys.append(f"redemption/{taken['id']}/held")
        journal.held += taken["points"]


def give_points() -> None:
    """Post beside the platform, so that the sealer has enough to do; what fails is not in any journal."""
    with suppress(DBAPIError), transaction(districts=[YUHANG]) as db:
        some_points(db, new_id(NOON), 10)


def collect(url: str, notes: set[str]) -> None:
    """Read what the log publishes just now."""
    notes.add(Patient(url).ask(f"{LOG}/checkpoint"))
    time.sleep(0.05)


def wait_for_news(notes: set[str]) -> None:
    """Let everybody come to their feet: every other outage hits them while they do."""
    known, deadline = len(notes), time.monotonic() + 120
    while len(notes) == known:
        assert time.monotonic() < deadline, "the log publishes nothing any more"
        time.sleep(0.1)


def wait_until_sealed(database: Database, running: Supervised) -> None:
    """Let the sealer, in peace by now, come to the end."""
    deadline = time.monotonic() + 120
    with psycopg.connect(database.auditor_url, autocommit=True) as auditor:
        auditor.execute("select set_config('lv.districts', %s, false)", (YUHANG,))
        behind = True
        while behind:
            assert time.monotonic() < deadline, "the sealer does not come to its end"
            time.sleep(0.2)
            ((behind,),) = auditor.execute(
                """
                select exists (select from ledger.unsealed where book = %(book)s)
                       or (select max(c.size) from ledger.checkpoint c where c.book = %(book)s)
                          is distinct from (select size from ledger.log where book = %(book)s)
                """,
                {"book": YUHANG},
            ).fetchall()
    running.wait_until_ready()


def test_what_was_acknowledged_stands_once_and_the_log_has_only_grown(aftermath):
    check_journals(aftermath)
    check_log(aftermath.running.url, aftermath.notes)
    check_audit(aftermath.database, sorted(aftermath.notes))
    check_what_was_said(aftermath.running.log)
    assert aftermath.running.killed


def check_journals(aftermath: Aftermath) -> None:
    """Find each acknowledged fact once, and of each household what its answers come to."""
    told = Counter(key for journal in aftermath.journals for key in journal.keys)
    with psycopg.connect(aftermath.database.auditor_url) as auditor:
        auditor.execute("select set_config('lv.districts', %s, false)", (YUHANG,))
        rows = auditor.execute(
            "select key from ledger.entry where book = %s and (kind = 'redemption.held' or key = any (%s))",
            (YUHANG, list(told)),
        ).fetchall()
    assert told
    assert Counter(key for (key,) in rows) == told
    for journal in aftermath.journals:
        green = journal.resident.get("/v1/accounts")["green"]
        assert (green["points"], green["held_points"]) == (journal.points, journal.held)


def check_log(url: str, notes: set[str]) -> None:
    """Join all checkpoints that were ever served with the newest one, over HTTP, as an outsider would."""
    anybody = Patient(url)
    keys = [Key.read(line) for line in anybody.ask(f"{LOG}/key").splitlines()]
    newest = open_checkpoint(anybody.ask(f"{LOG}/checkpoint"), keys).checkpoint
    served = [open_checkpoint(note, keys).checkpoint for note in notes]
    assert len({one.size for one in served}) == len({(one.size, one.root) for one in served}) > 5
    for one in served:
        pair = json.loads(anybody.ask(f"{LOG}/consistency/{one.size}"))
        assert open_checkpoint(pair["old"], keys).checkpoint == one
        assert check_pair(pair, keys).opened.checkpoint == newest


def check_audit(database: Database, notes: Sequence[str]) -> None:
    """Let the audit replay everything, and compare it with what was kept outside."""
    said: list[str] = []
    assert audit.run(database.auditor_url, say=said.append, against=notes), said


def check_what_was_said(log: Path) -> None:
    """Nobody was told of a deadlock, nor of anything that should not happen."""
    said = log.read_text("utf-8", "replace")
    for word in ("DeadlockDetected", "SerializationFailure", "crash"):
        assert word not in said, [line for line in said.splitlines() if word in line][:3]
