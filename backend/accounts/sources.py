"""What the rooms above know of the entries that they have posted, handed in where the platform is built."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts.parties import Fact


class Facts(Protocol):
    """Tells what entries of a time must have changed on accounts that are settled."""

    def __call__(self, db: Session, district: str, *, since: datetime, until: datetime) -> Iterable[Fact]:
        """Tell it, from one time to before another."""


class Names(Protocol):
    """Says who parties are, in Chinese and English; whom it does not know it leaves out."""

    def __call__(
        self, db: Session, district: str, parties: Collection[UUID]
    ) -> Mapping[UUID, tuple[str, str]]:
        """Say it."""


class Weights(Protocol):
    """Tells how many grams were handed over with entries; what it does not know it leaves out."""

    def __call__(self, db: Session, district: str, keys: Collection[str]) -> Mapping[str, int]:
        """Tell it, by the entries' keys."""


@dataclass(frozen=True)
class Source:
    """A room that posts to accounts that are settled."""

    facts: Facts
    names: Names
    weights: Weights | None


_sources: dict[str, Source] = {}


def explain(noun: str, *, facts: Facts, names: Names, weights: Weights | None = None) -> None:
    """Let a room explain entries, and name their parties.

    :param noun: what its facts are, as their keys begin
    :param weights: if anything is handed over with them
    """
    _sources[noun] = Source(facts, names, weights)


def facts(db: Session, district: str, *, since: datetime, until: datetime) -> list[Fact]:
    """Gather what all rooms know of a time."""
    return [
        fact for source in _sources.values() for fact in source.facts(db, district, since=since, until=until)
    ]


def names(db: Session, district: str, parties: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name parties."""
    found: dict[UUID, tuple[str, str]] = {}
    for source in _sources.values():
        found |= source.names(db, district, parties)
    return found


def grams(db: Session, district: str, keys: Collection[str]) -> int:
    """Add up what was handed over with entries."""
    told = [source.weights(db, district, keys) for source in _sources.values() if source.weights]
    return sum(sum(weights.values()) for weights in told)
