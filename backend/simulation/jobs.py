"""What a simulation does in the background: one piece a job, so that the queue is never its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import transaction
from backend.kit.jobs import Errand, handles
from backend.simulation import factoring, service

Found = TypeVar("Found")
_WAITS = (timedelta(seconds=2), timedelta(seconds=15), timedelta(minutes=1))


@handles(service.GO_ON, waits=_WAITS)
def go_on(_db: Session, *, district: str, at: datetime, simulation: str) -> Errand:
    """Replay the next piece."""
    return _errand(service.replay, service.keep, service.fail, simulation, district=district, at=at)


@handles(factoring.SIMULATE, waits=_WAITS)
def simulate_factors(_db: Session, *, district: str, at: datetime, run: str) -> Errand:
    """Reckon what a draft of factors would change."""
    return _errand(factoring.foresee, factoring.keep, factoring.fail, run, district=district, at=at)


@handles(factoring.RECOMPUTE, waits=_WAITS)
def recompute_factors(db: Session, *, district: str, at: datetime, run: str) -> None:
    """Apply factors to the next weighings, in the transaction that marks the event done."""
    factoring.go_on(db, UUID(run), district=district, at=at)


def _errand(
    reckon: Callable[..., Found | None],
    keep: Callable[..., None],
    fail: Callable[..., None],
    run: str,
    *,
    district: str,
    at: datetime,
) -> Errand:
    """Reckon with no lock held; a worker that is killed meanwhile has changed nothing."""
    named: dict[str, Any] = {"run": UUID(run), "district": district}
    return Errand(
        partial(_reckon, reckon, **named),
        done=partial(_keep, keep, **named, begun_at=at),
        given_up=partial(_fail, fail, **named),
    )


def _reckon(reckon: Callable[..., Found | None], *, run: UUID, district: str) -> Found | None:
    with transaction(districts=[district], read_only=True) as db:
        return reckon(db, run, district=district)


def _keep(
    keep: Callable[..., None],
    db: Session,
    found: Any,
    at: datetime,
    *,
    run: UUID,
    district: str,
    begun_at: datetime,
) -> None:
    if found is not None:
        keep(db, run, found, district=district, at=at, begun_at=begun_at)


def _fail(fail: Callable[..., None], db: Session, at: datetime, *, run: UUID, district: str) -> None:
    fail(db, run, district=district, at=at)
