"""What a simulation does in the background: one piece a job, so that the queue is never its own."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import transaction
from backend.kit.jobs import Errand, handles
from backend.simulation import factoring, service

_WAITS = (timedelta(seconds=2), timedelta(seconds=15), timedelta(minutes=1))


@handles(service.GO_ON, waits=_WAITS)
def go_on(_db: Session, *, district: str, at: datetime, simulation: str) -> Errand:
    """Replay the next piece with no lock held; a worker that is killed meanwhile has changed nothing."""
    this = UUID(simulation)
    return Errand(
        partial(_replay, this, district),
        done=partial(_keep, this, district, begun_at=at),
        given_up=partial(_fail, this, district),
    )


def _replay(simulation: UUID, district: str) -> service.Piece | None:
    with transaction(districts=[district], read_only=True) as db:
        return service.replay(db, simulation, district=district)


def _keep(
    simulation: UUID,
    district: str,
    db: Session,
    piece: service.Piece | None,
    at: datetime,
    *,
    begun_at: datetime,
) -> None:
    if piece is not None:
        service.keep(db, simulation, piece, district=district, at=at, begun_at=begun_at)


def _fail(simulation: UUID, district: str, db: Session, at: datetime) -> None:
    service.fail(db, simulation, district=district, at=at)


@handles(factoring.SIMULATE, waits=_WAITS)
def simulate_factors(_db: Session, *, district: str, at: datetime, run: str) -> Errand:
    """Reckon what a draft of factors would change, with no lock held."""
    this = UUID(run)
    return Errand(
        partial(_foresee, this, district),
        done=partial(_keep_found, this, district, begun_at=at),
        given_up=partial(_fail_run, this, district),
    )


def _foresee(run: UUID, district: str) -> factoring.Found | None:
    with transaction(districts=[district], read_only=True) as db:
        return factoring.foresee(db, run, district=district)


def _keep_found(
    run: UUID,
    district: str,
    db: Session,
    found: factoring.Found | None,
    at: datetime,
    *,
    begun_at: datetime,
) -> None:
    if found is not None:
        factoring.keep(db, run, found, district=district, at=at, begun_at=begun_at)


def _fail_run(run: UUID, district: str, db: Session, at: datetime) -> None:
    factoring.fail(db, run, district=district, at=at)


@handles(factoring.RECOMPUTE, waits=_WAITS)
def recompute_factors(db: Session, *, district: str, at: datetime, run: str) -> None:
    """Apply factors to the next weighings, in the transaction that marks the event done."""
    factoring.go_on(db, UUID(run), district=district, at=at)
