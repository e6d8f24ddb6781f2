"""The words of the ledger: frozen values that cannot say anything unbalanced."""

import json
from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

LARGEST = 2**63 - 1
FACTS_BYTES = 4096
FACTS_DEPTH = 8

_NAMES = r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
_PATTERNS = r"([A-Za-z0-9_.-]+|\*)(/([A-Za-z0-9_.-]+|\*))*"


def _plain(value: object, depth: int = FACTS_DEPTH) -> None:
    match value:
        case None | bool() | int():
            return
        case str():
            if "\0" in value:
                raise ValueError("facts hold no NUL character")
        case list() if depth:
            for item in value:
                _plain(item, depth - 1)
        case dict() if depth:
            for key, item in value.items():
                if not isinstance(key, str):
                    raise ValueError("facts have text for keys")  # noqa: TRY004 - a value that is wrong
                _plain(key, depth)
                _plain(item, depth - 1)
        case list() | dict():
            raise ValueError(f"facts are nested at most {FACTS_DEPTH} deep")
        case _:
            raise ValueError(f"facts hold no {type(value).__name__}")


def _small(facts: dict[str, Any]) -> dict[str, Any]:
    if facts:
        _plain(facts)
        if len(json.dumps(facts, ensure_ascii=False).encode()) > FACTS_BYTES:
            raise ValueError(f"facts take at most {FACTS_BYTES} bytes")
    return facts


Book = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Path = Annotated[str, StringConstraints(max_length=200, pattern=f"^{_NAMES}$")]
Asset = Annotated[str, StringConstraints(max_length=60, pattern=f"^{_NAMES}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Amount = Annotated[int, Field(ge=1, le=LARGEST)]
Facts = Annotated[dict[str, Any], AfterValidator(_small)]


class Value(BaseModel):
    """A frozen value; nothing is converted on the way in."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class AccountClass(Value):
    """A class of accounts of a book: whoever fits pattern and asset may be opened by a posting.

    `*` stands for exactly one segment, as in `household/*/green` or `MASS/*`. A bounded account never falls
    below zero, holds included. One with lots is drawn oldest first, and what has come in may lapse; one that
    everyone draws on is split in 2 to 64 stripes, so that callers seldom wait for each other.
    """

    pattern: Annotated[str, StringConstraints(max_length=200, pattern=f"^{_PATTERNS}$")]
    asset: Annotated[str, StringConstraints(max_length=60, pattern=f"^{_PATTERNS}$")]
    owner: Kind
    bounded: bool
    lots: bool = False
    stripes: Annotated[int, Field(ge=0, le=64)] = 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.stripes == 1:
            raise ValueError("an account has no stripes, or at least two")
        if self.lots and self.stripes:
            raise ValueError("an account has lots or stripes, never both")
        if (self.lots or self.stripes) and not self.bounded:
            raise ValueError("an account without a floor has neither lots nor stripes")
        return self


class Posting(Value):
    """An amount of an asset that leaves the source and reaches the target.

    At a target with lots it `expires_at` a time, or never; what goes back there because the entry reverses
    another keeps the dates of its lots. A posting of what has `lapsed` takes only what has done so by the
    entry's time.
    """

    source: Path
    target: Path
    asset: Asset
    amount: Amount
    expires_at: AwareDatetime | None = None
    lapsed: bool = False

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.source == self.target:
            raise ValueError("a posting moves between two accounts")
        return self


class Reserve(Value):
    """A hold that an entry makes: this much of the account is promised, until it expires if it does."""

    hold: UUID
    account: Path
    asset: Asset
    amount: Amount
    expires_at: AwareDatetime | None = None


class Settle(Value):
    """A hold that an entry draws on: so much of it, or whatever is left."""

    hold: UUID
    amount: Amount | None = None


class Entry(Value):
    """One business fact: all of it is posted, or none.

    `key` is made from the fact, such as `weighing/<id>/confirmed`, and names it once in its book. `at` is the
    business time; holds are judged by it. `releases` frees what is left of holds, `expires` does so because
    their time is over. `facts` is small JSON without floats and without personal data.
    """

    id: UUID
    key: Key
    book: Book
    kind: Kind
    at: AwareDatetime
    postings: Annotated[tuple[Posting, ...], Field(max_length=100)] = ()
    reserves: Annotated[tuple[Reserve, ...], Field(max_length=100)] = ()
    settles: Annotated[tuple[Settle, ...], Field(max_length=100)] = ()
    releases: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    expires: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    reverses: UUID | None = None
    subject: UUID | None = None
    facts: Facts = Field(default_factory=dict)

    @property
    def moves_holds(self) -> bool:
        """Tell whether something happens to holds."""
        return bool(self.reserves or self.settles or self.releases or self.expires)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.moves_holds:
            self._check_holds()
        elif not self.postings and self.kind != "erasure":
            raise ValueError("an entry without postings needs a hold or an erasure as its fact")
        if self.reverses == self.id:
            raise ValueError("an entry does not reverse itself")
        lapsing = len(self.postings) > 1 and any(posting.lapsed for posting in self.postings)
        if lapsing and _repeats((posting.source, posting.asset) for posting in self.postings):
            raise ValueError("an entry that takes what has lapsed draws once from each account")
        return self

    def _check_holds(self) -> None:
        made = [reserve.hold for reserve in self.reserves]
        settled = [settle.hold for settle in self.settles]
        if _repeats(made + settled + list(self.expires)) or _repeats(
            made + list(self.releases + self.expires)
        ):
            raise ValueError("a hold is named once, or settled in part and then released")
        if any(reserve.expires_at is not None and reserve.expires_at <= self.at for reserve in self.reserves):
            raise ValueError("a hold expires after it is made")


class Posted(Value):
    """An entry that stands in the book; `replayed` if an earlier call had posted it."""

    entry_id: UUID
    posted_at: datetime
    replayed: bool = False


class Balance(Value):
    """What an account has: posted, and how much of that is held."""

    posted: int
    held: int = 0

    @property
    def available(self) -> int:
        """Tell what the next entry may draw."""
        return self.posted - self.held


class Line(Value):
    """One side of a posting, as its account's statement shows it: a negative amount left the account."""

    entry_id: UUID
    no: int
    key: str
    kind: str
    at: datetime
    posted_at: datetime
    counterpart: str
    amount: int
    version: int | None  # of a bounded account without stripes only
    after: int | None

    @property
    def cursor(self) -> str:
        """Name the place of this line; a statement goes on `before` it."""
        return f"{self.entry_id}/{self.no}" if self.version is None else str(self.version)


class SealedLine(Line):
    """A line of an entry that has its final position in the log."""

    position: int

    @property
    def cursor(self) -> str:
        """Name the place of this line; a statement of the past goes on `before` it."""
        return f"{self.position}/{self.no}"


class Hold(Value):
    """A hold as it stands."""

    id: UUID
    entry_id: UUID
    account: str
    asset: str
    amount: int
    remaining: int
    state: str
    expires_at: datetime | None


class StatusChange(Value):
    """That an account was frozen, opened again or closed: the business time of it, and why."""

    no: int
    status: str
    at: datetime
    changed_at: datetime
    why: str


class Turnover(Value):
    """What an account had before a period, and what came to it and left it in the period."""

    path: str
    asset: str
    opening: int
    incoming: int
    outgoing: int

    @property
    def closing(self) -> int:
        """Tell what it had at the end."""
        return self.opening + self.incoming - self.outgoing


class Log(Value):
    """How far a book's log has come: so many entries, at the positions from 0 on.

    Whatever is sealed later is sealed after `sealed_until`.
    """

    size: int
    sealed_until: datetime


class Lot(Value):
    """What of an account came in at once, under the version of the line that made it, and when it lapses."""

    no: int
    posted: int
    held: int
    expires_at: datetime | None


class Due(Value):
    """How much of an account lapses by a time and is not held, and the first date of it."""

    account: str
    asset: str
    amount: int
    since: datetime


class Recorded(Value):
    """An entry as the book has it, with the time at which it was posted."""

    entry: Entry
    posted_at: datetime
    fingerprint: bytes


def _repeats(names: Iterable[Hashable]) -> bool:
    listed = list(names)
    return len(set(listed)) < len(listed)
