"""The trail of staff: who changed what, from where and why. Written with the change, and never rewritten.

A verb that knows what was before and after says so with `note`. Where a member of staff changes something and
no verb said so, the kernel writes down the operation and its address, so that a new route cannot hide. Ids,
states and amounts stand in clear; why and from where may be personal and are sealed for who acted.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, delete
from sqlalchemy.orm import Mapped, Session

from backend.kit.auth import Actor
from backend.kit.db import Base, InDistrict
from backend.kit.envelope import seal, unseal
from backend.kit.ids import new_id

Facts = dict[str, Any]

_KEPT = timedelta(days=3 * 366)
"""At least three years: PIPL article 56 (use of personal data), E-commerce Law article 31 (trade)."""
_NOTED = "noted_on_trail"


class TrailLine(InDistrict, Base):
    """One change that a member of staff made; lines are only ever added."""

    __tablename__ = "trail"
    __table_args__ = (
        Index("ix_trail_district_actor_id", "district", "actor", "id"),
        Index("ix_trail_district_kind_id", "district", "kind", "id"),
        Index("ix_trail_district_subject_id", "district", "subject", "id"),
    )

    at: Mapped[datetime]
    actor: Mapped[UUID]
    role: Mapped[str]
    session: Mapped[UUID | None]
    request_id: Mapped[str | None]
    kind: Mapped[str]
    subject: Mapped[str]
    before: Mapped[Facts | None]
    after: Mapped[Facts | None]
    circumstances: Mapped[bytes | None]

    @property
    def place(self) -> str:
        """Where the circumstances are kept; they open nowhere else."""
        return f"trail.circumstances/{self.id}"


@dataclass(frozen=True)
class Circumstances:
    """Why something was done, and from where."""

    reason: str | None = None
    address: str | None = None
    device: str | None = None


def note(
    db: Session,
    kind: str,
    subject: str,
    *,
    by: Actor,
    before: Facts | None = None,
    after: Facts | None = None,
    reason: str | None = None,
    at: datetime,
) -> None:
    """Write down a change, in its own transaction.

    :param kind: what happened, such as `password.changed`
    :param subject: what it happened to, such as `person/018f…`
    :param before: ids, states and amounts, and nothing personal; so is `after`
    """
    line = TrailLine(
        district=by.district,
        id=new_id(at),
        at=at,
        actor=by.id,
        role=by.role,
        session=by.session,
        request_id=by.origin.request_id if by.origin else None,
        kind=kind,
        subject=subject,
        before=before,
        after=after,
    )
    if by.vault_key:
        told = Circumstances(
            reason, by.origin.address if by.origin else None, by.origin.device if by.origin else None
        )
        line.circumstances = seal(by.vault_key, json.dumps(asdict(told)), place=line.place)
    db.add(line)
    db.info[_NOTED] = True


def note_request(db: Session, operation: str, address: str, *, by: Actor, at: datetime) -> None:
    """Write down that a member of staff did something, unless a verb has said more of it."""
    if by.on_trail and not db.info.get(_NOTED):
        note(db, operation, address, by=by, at=at)


def circumstances(line: TrailLine, key: bytes | None) -> Circumstances:
    """Open why a change was made, and from where.

    :param key: the wrapped key of who acted; the platform itself has none
    """
    if key is None or line.circumstances is None:
        return Circumstances()
    return Circumstances(**json.loads(unseal(key, line.circumstances, place=line.place)))


def forget(db: Session, *, district: str, at: datetime) -> int:
    """Delete the lines of a district that were kept for their term, and say so in a line; no other may go."""
    gone = delete(TrailLine).where(TrailLine.district == district, TrailLine.at < at - _KEPT)
    lines = len(db.scalars(gone.returning(TrailLine.id)).all())
    if lines:
        facts = {"lines": lines, "before": (at - _KEPT).isoformat()}
        note(db, "trail.forgotten", f"district/{district}", by=Actor.system(district), after=facts, at=at)
    return lines
