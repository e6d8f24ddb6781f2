"""How communities come onto the map: no register tells where they are, so the people of a district do."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.positions import Position, facts_of
from backend.network import queries
from backend.network.models import CommunityPlace
from backend.network.rules import PlacedCommunity
from backend.network.service import check_position


def place(
    db: Session,
    code: str,
    *,
    by: Actor,
    at: datetime,
    position: Position | None,
    is_as_seen: Callable[[PlacedCommunity], None],
) -> PlacedCommunity:
    """Say where a community is, or take it off the map.

    :param position: None takes it off
    :param is_as_seen: refuses a state that the actor has not seen
    :raises CommunityNotFound: the actor's district has none of this code
    :raises PositionOutsideDistrict: the position lies elsewhere
    """
    check_position(by.district, position)
    row = _row_locked(db, code, by=by, at=at)
    before = queries.placed_community(db, by.district, code)
    is_as_seen(before)
    row.position, row.changed_at, row.changed_by = position, at, by.id
    db.flush()
    trail.note(
        db,
        "community.placed" if position else "community.unplaced",
        f"community/{code}",
        by=by,
        before=facts_of(before.position),
        after=facts_of(position),
        at=at,
    )
    return queries.placed_community(db, by.district, code)


def _row_locked(db: Session, code: str, *, by: Actor, at: datetime) -> CommunityPlace:
    """Keep others from the place of a community, also of one that nobody has put on the map yet."""
    key = {"district": by.district, "community": queries.placed_community(db, by.district, code).code}
    first = {**key, "changed_at": at, "changed_by": by.id}
    db.execute(insert(CommunityPlace).values(first).on_conflict_do_nothing())
    return db.get_one(CommunityPlace, key, with_for_update=True)
