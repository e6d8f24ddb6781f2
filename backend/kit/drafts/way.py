"""The steps of a draft, whatever it is a draft of: it is seen, it goes on, and the trail has a line of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.drafts.columns import DraftColumns
from backend.kit.drafts.rules import Drafted, Step

Row = TypeVar("Row", bound=DraftColumns)
Draft = TypeVar("Draft", bound=Drafted)
IsAsSeen: TypeAlias = Callable[[Draft], None]
"""Refuses a state that the caller has not seen."""


@dataclass(frozen=True)
class Way(Generic[Row, Draft]):
    """How the drafts of a room go on.

    :param of: what they are drafts of, as the trail says it
    :param locked: the one with this id that a district may touch, until the transaction ends
    :param shown: the draft as it stands
    :param is_current: whether what it is based on is still the newest
    """

    of: str
    locked: Callable[[Session, str, UUID], Row]
    shown: Callable[[Session, Row], Draft]
    is_current: Callable[[Session, Row], bool]

    def submit(
        self, db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen[Draft]
    ) -> Draft:
        """Put a simulated draft before an approver.

        :raises Problem: as `after` says
        """
        return self._step(db, draft_id, Step.SUBMIT, by=by, at=at, is_as_seen=is_as_seen)

    def approve(
        self, db: Session, draft_id: UUID, *, by: Actor, at: datetime, is_as_seen: IsAsSeen[Draft]
    ) -> Draft:
        """Answer for a draft that somebody else made.

        :raises Problem: as `after` says
        """
        return self._step(db, draft_id, Step.APPROVE, by=by, at=at, is_as_seen=is_as_seen)

    def reject(
        self,
        db: Session,
        draft_id: UUID,
        *,
        by: Actor,
        at: datetime,
        is_as_seen: IsAsSeen[Draft],
        reason: str,
    ) -> Draft:
        """Give a draft back to those who made it, with a reason.

        :raises Problem: as `after` says
        """
        return self._step(db, draft_id, Step.REJECT, by=by, at=at, is_as_seen=is_as_seen, reason=reason)

    def withdraw(
        self,
        db: Session,
        draft_id: UUID,
        *,
        by: Actor,
        at: datetime,
        is_as_seen: IsAsSeen[Draft],
        reason: str,
    ) -> Draft:
        """Give a draft up for good, with a reason.

        :raises Problem: as `after` says
        """
        return self._step(db, draft_id, Step.WITHDRAW, by=by, at=at, is_as_seen=is_as_seen, reason=reason)

    def mark_simulated(
        self, db: Session, *, district: str, draft: UUID, simulation: UUID, digest: str, at: datetime
    ) -> bool:
        """Write down that a run over a draft has ended; tell whether it was of what the draft now says.

        :param digest: of what the run read
        :raises DraftNotFound: there is none with this id
        """
        fits = self.locked(db, district, draft).mark_simulated(simulation, digest=digest, at=at)
        db.flush()
        return fits

    def seen(
        self, db: Session, draft_id: UUID, *, by: Actor, is_as_seen: IsAsSeen[Draft]
    ) -> tuple[Row, Draft]:
        """Lock a draft whose state the caller has seen; return it as it is kept and as it stands.

        :raises DraftNotFound: there is none with this id
        """
        row = self.locked(db, by.district, draft_id)
        found = self.shown(db, row)
        is_as_seen(found)
        return row, found

    def done(
        self,
        db: Session,
        verb: str,
        row: Row,
        *,
        before: Draft | None = None,
        reason: str | None = None,
        by: Actor,
        at: datetime,
    ) -> Draft:
        """Leave a line on the trail, and return how the draft stands now."""
        db.flush()
        found = self.shown(db, row)
        trail.note(
            db,
            f"{self.of}.{verb}",
            f"{self.of}_draft/{found.id}",
            by=by,
            before=_facts(before) if before else None,
            after=_facts(found),
            reason=reason,
            at=at,
        )
        return found

    def _step(
        self,
        db: Session,
        draft_id: UUID,
        step: Step,
        *,
        by: Actor,
        at: datetime,
        is_as_seen: IsAsSeen[Draft],
        reason: str | None = None,
    ) -> Draft:
        row, before = self.seen(db, draft_id, by=by, is_as_seen=is_as_seen)
        row.take(step, by=by.id, at=at, is_current=self.is_current(db, row), reason=reason)
        return self.done(db, row.state, row, before=before, reason=reason, by=by, at=at)


def _facts(found: Drafted) -> dict[str, Any]:
    return {"state": found.state, "revision": found.revision, "digest": found.digest}
