"""A bank that is to be broken: tellers move points as a seed tells them, and write down what they were told.

Who loses the connection asks the same again until there is an answer, as a good client does.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from ledger import (
    AccountClass,
    Entry,
    Outcome,
    Posting,
    Reserve,
    Settle,
    balances,
    fingerprint,
    post,
    post_many,
)
from ledger.rules import overlap
from tests.breakable import is_lost
from tests.ledger.makers import NOON, a_move, an_entry, word_of
from tests.ledger.model import CHART

HOLDERS = [*(f"household/{n}/green" for n in range(6)), *(f"merchant/{n}/green" for n in range(2))]
"""Those of households have lots, those of merchants stripes."""
ISSUED, BANK, FUND = "green/issued", "bank", "fund"
PLACES = [*((path, "GREEN") for path in (*HOLDERS, ISSUED)), (FUND, "FEN"), (BANK, "FEN")]
PATIENCE_SECONDS = 90

# What the lines of each account come to, and what its balance says.
_WHOLE = """
select a.path, a.asset, coalesce(line.total, 0)::bigint, cached.posted::bigint, cached.held::bigint
  from ledger.account a
  left join (select account, sum(amount) as total
               from ledger.line where book = %(book)s group by account) line
    on line.account = a.id
  left join (select account, sum(posted) as posted, sum(held) as held
               from ledger.balance where book = %(book)s group by account) cached
    on cached.account = a.id
 where a.book = %(book)s
"""


@dataclass(frozen=True)
class Told:
    """What a teller asked, and the answer."""

    key: str
    fingerprint: bytes
    postings: tuple[Posting, ...]
    word: str


@dataclass
class Teller:
    """Somebody at a counter, who does what follows from the seed and the number of the counter."""

    book: str
    seed: int
    number: int
    tellers: int
    done: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Throw the dice of this counter."""
        self.draw = random.Random(f"{self.seed}/{self.number}")
        self.made = 0

    def orders(self) -> Iterator[list[Entry]]:
        """Say what to post next, without an end: something for everybody, then entries, at times a batch."""
        yield [self._say(a_move(ISSUED, path, 100)) for path in HOLDERS]
        while True:
            size = self.draw.randint(2, 20) if self.draw.random() < 0.1 else 1
            batch = [self._entry() for _ in range(size)]
            self.done += batch
            yield batch

    def _entry(self) -> Entry:
        kinds = {
            self._move: 40,
            self._hold: 14,
            self._settle: 18,
            self._end: 10,
            self._lapse: 4,
            self._reverse: 6,
            self._replay: 6,
            self._replay_changed: 3,
            self._share: 3,
        }
        (kind,) = self.draw.choices(list(kinds), list(kinds.values()))
        return kind()

    def _move(self) -> Entry:
        return self._say(*(self._posting() for _ in range(self.draw.choice((1, 1, 1, 2, 4)))))

    def _hold(self) -> Entry:
        self.made += 1
        return self._say(reserves=(reserve(self.seed, self.number, self.made),), at=NOON)

    def _settle(self) -> Entry:
        held = self._a_hold()
        asked = self.draw.choice((None, self.draw.randint(1, held.amount)))
        to = self.draw.choice([path for path in [*HOLDERS, ISSUED] if path != held.account])
        return self._say(
            a_move(held.account, to, asked or held.amount),
            settles=(Settle(hold=held.hold, amount=asked),),
            releases=(held.hold,) if self.draw.random() < 0.3 else (),
        )

    def _end(self) -> Entry:
        ends = self.draw.choice(("releases", "expires"))
        return self._say(**{ends: (self._a_hold().hold,)})

    def _lapse(self) -> Entry:
        path, amount = self.draw.choice(HOLDERS[:6]), self.draw.randint(1, 5)
        return self._say(Posting(source=path, target=ISSUED, asset="GREEN", amount=amount, lapsed=True))

    def _reverse(self) -> Entry:
        return self._say(self._posting(), reverses=self._earlier().id)

    def _replay(self) -> Entry:
        return self._earlier().model_copy(update={"id": self._id(), "at": NOON})

    def _replay_changed(self) -> Entry:
        return self._earlier().model_copy(update={"facts": {"changed": self.draw.randint(1, 3)}})

    def _share(self) -> Entry:
        """Post what others post too, in the same words."""
        nth = self.draw.randrange(40)
        return self._say(
            a_move(ISSUED, HOLDERS[nth % len(HOLDERS)], nth + 1), key=f"shared/{self.seed}/{nth}"
        )

    def _posting(self) -> Posting:
        if self.draw.random() < 0.2:
            source, target = self.draw.sample((BANK, FUND), 2)
            return a_move(source, target, self.draw.randint(1, 30), "FEN")
        source, target = self.draw.sample([*HOLDERS, ISSUED], 2)
        expires_at = NOON + timedelta(minutes=self.draw.randrange(90)) if source == ISSUED else None
        return Posting(
            source=source,
            target=target,
            asset="GREEN",
            amount=self.draw.randint(1, 30),
            expires_at=expires_at if target in HOLDERS[:6] else None,
        )

    def _a_hold(self) -> Reserve:
        """Name a hold that this teller may have made, or another one, just now or soon."""
        teller = self.draw.choice((self.number, self.draw.randrange(self.tellers)))
        return reserve(self.seed, teller, max(1, self.made - self.draw.randint(-1, 8)))

    def _earlier(self) -> Entry:
        return self.draw.choice(self.done[-50:]) if self.done else self._move()

    def _say(self, *postings: Posting, **others: Any) -> Entry:
        this = self._id()
        at = NOON + timedelta(minutes=self.draw.randrange(60))
        return an_entry(self.book, *postings, **{"id": this, "key": f"bank/{this}", "at": at, **others})

    def _id(self) -> UUID:
        return UUID(int=self.draw.getrandbits(128), version=4)


def reserve(seed: int, teller: int, nth: int) -> Reserve:
    """Describe a hold that a teller may have made: whoever knows the seed knows it."""
    draw = random.Random(f"{seed}/{teller}/hold/{nth}")
    return Reserve(
        hold=UUID(int=draw.getrandbits(128), version=4),
        account=draw.choice(HOLDERS),
        asset="GREEN",
        amount=draw.randint(1, 20),
        expires_at=draw.choice((None, NOON + timedelta(minutes=draw.randint(20, 60)))),
    )


def work(url: str, teller: Teller, *, over: Path, orders: int | None = None) -> list[Told]:
    """Work through so many orders, or until a file says that it is over; return the journal.

    :raises psycopg.Error: the ledger answered with anything but an outcome, or was away for too long
    """
    journal: list[Told] = []
    conn = None
    for nth, batch in enumerate(teller.orders()):
        if nth == orders or over.exists():
            break
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                conn = conn or psycopg.connect(url, autocommit=True, connect_timeout=10)
                outcomes = _post(conn, batch)
                break
            except psycopg.OperationalError as error:
                if not is_lost(error) or time.monotonic() > deadline:
                    raise
                conn = None
                time.sleep(0.05)
        journal += [
            Told(entry.key, fingerprint(entry), entry.postings, word_of(outcome))
            for entry, outcome in zip(batch, outcomes, strict=True)
        ]
    if conn is not None:
        conn.close()
    return journal


def _post(conn: psycopg.Connection[Any], batch: Sequence[Entry]) -> Sequence[Outcome]:
    if len(batch) == 1:
        return [post(conn, batch[0])]
    return post_many(conn, batch, all_or_nothing=len(batch) % 4 == 0)


def look(url: str, book: str) -> int:
    """Look at the whole book in one moment; return how many accounts it has.

    :raises AssertionError: something is there that must never be
    """
    with closing(psycopg.connect(url)) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        seen = see(reader, book, CHART)
        told = balances(reader, book, PLACES)
    for place, (lines, held) in seen.items():
        assert (told[place].posted, told[place].held) == (lines, held), f"{place} is not what was told"
    return len(seen)


def see(
    reader: psycopg.Connection[Any], book: str, chart: Sequence[AccountClass]
) -> dict[tuple[str, str], tuple[int, int]]:
    """Read what a book's lines come to and what is held, account by account, and find it in order.

    :raises AssertionError: something is there that must never be
    """
    sums: Counter[str] = Counter()
    seen = {}
    for path, asset, lines, posted, held in reader.execute(_WHOLE, {"book": book}).fetchall():
        classes = [one for one in chart if overlap(one.pattern, path) and overlap(one.asset, asset)]
        assert classes, f"nobody knows {path} {asset}"
        if classes[0].bounded:
            assert posted == lines, f"{path} {asset} has {posted}, its lines come to {lines}"
            assert 0 <= held <= posted, f"of {path}'s {posted} {asset}, {held} are held"
        sums[asset] += lines
        seen[path, asset] = (lines, held or 0)
    assert not any(sums.values()), f"something was made or lost: {dict(sums)}"
    return seen
