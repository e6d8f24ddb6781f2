"""Where the service is: divisions and their places, what a district promises, and who collects."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from backend.kit.fields import is_clean
from backend.kit.paging import Page, cut, key_of
from backend.network.errors import CommunityNotFound
from backend.network.models import CommunityPlace, Coverage, Division, Operator, Scale, ServiceArea
from backend.network.rules import PlacedCommunity, ServiceHours

__all__ = [
    "communities",
    "community",
    "district",
    "districts",
    "divisions",
    "operator",
    "operator_for",
    "operator_names",
    "operators",
    "placed_communities",
    "placed_community",
    "places",
    "service_area",
    "service_area_locked",
]


def districts(db: Session) -> Sequence[Division]:
    """List the districts of the city."""
    return db.scalars(select(Division).where(Division.kind == "district").order_by(Division.code)).all()


def district(db: Session, code: str) -> Division | None:
    """Find a district."""
    return _division(db, code, "district")


def community(db: Session, code: str) -> Division | None:
    """Find a community."""
    return _division(db, code, "community")


def _division(db: Session, code: str, kind: str) -> Division | None:
    return db.scalars(select(Division).where(Division.code == code, Division.kind == kind)).one_or_none()


def divisions(db: Session, codes: Collection[str]) -> Sequence[Division]:
    """Return those of these divisions that there are."""
    return db.scalars(select(Division).where(Division.code.in_(codes)).order_by(Division.code)).all()


def communities(db: Session, code: str, *, name: str, cursor: str | None, limit: int) -> Page[Division]:
    """List the communities of a district whose name contains something, by code."""
    query = select(Division).where(Division.district == code, Division.kind == "community")
    if name:
        query = query.where(Division.name_zh.contains(name, autoescape=True))
    if (after := key_of(cursor, str)) is not None:
        query = query.where(Division.code > after[0])
    rows = db.scalars(query.order_by(Division.code).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.code,))


def placed_communities(
    db: Session, district: str, *, name: str, placed: bool | None, cursor: str | None, limit: int
) -> Page[PlacedCommunity]:
    """List the communities of a district by code, with where they are, or those that lack it."""
    query = _communities(district)
    if name:
        query = query.where(Division.name_zh.contains(name, autoescape=True))
    if placed is not None:
        query = query.where(CommunityPlace.latitude_microdegrees.is_not(None) == placed)
    if (after := key_of(cursor, str)) is not None:
        query = query.where(Division.code > after[0])
    rows = db.execute(query.order_by(Division.code).limit(limit + 1)).all()
    return cut([_placed(*row) for row in rows], limit, lambda found: (found.code,))


def placed_community(db: Session, district: str, code: str) -> PlacedCommunity:
    """Return a community with where it is.

    :raises CommunityNotFound: the district has none of this code
    """
    found = community(db, code) if is_clean(code) else None
    if found is None or found.district != district:
        raise CommunityNotFound
    return _placed(found, db.get(CommunityPlace, (district, code)))


def places(db: Session, district: str, codes: Collection[str]) -> dict[str, PlacedCommunity]:
    """Return some communities of a district with where they are."""
    if not codes:
        return {}
    rows = db.execute(_communities(district).where(Division.code.in_(codes)))
    return {row[0].code: _placed(*row) for row in rows}


def _communities(district: str) -> Select[Division, CommunityPlace | None]:
    there = and_(CommunityPlace.district == Division.district, CommunityPlace.community == Division.code)
    return (
        select(Division, CommunityPlace)
        .outerjoin(CommunityPlace, there)
        .where(Division.district == district, Division.kind == "community")
    )


def _placed(community: Division, place: CommunityPlace | None) -> PlacedCommunity:
    street = community.parent or community.district
    return PlacedCommunity(community.code, street, community.name_zh, place.position if place else None)


def service_area(db: Session, district: str) -> ServiceHours | None:
    """Return what a district promises, if it is served."""
    row = db.get(ServiceArea, district)
    return None if row is None else row.hours()


def service_area_locked(db: Session, district: str) -> ServiceArea | None:
    """Find what a district promises, and keep others from changing it."""
    return db.get(ServiceArea, district, with_for_update=True)


def operator_for(db: Session, district: str, community: str) -> UUID | None:
    """Tell who collects in a community."""
    return db.scalar(
        select(Coverage.operator).where(Coverage.district == district, Coverage.community == community)
    )


def operator(db: Session, operator_id: UUID) -> Operator | None:
    """Find an operator."""
    return db.get(Operator, operator_id)


def operator_names(db: Session, operators: Collection[UUID]) -> dict[UUID, str]:
    """Name some operators."""
    if not operators:
        return {}
    rows = db.execute(select(Operator.id, Operator.name_zh).where(Operator.id.in_(operators)))
    return {row.id: row.name_zh for row in rows}


def operators(db: Session, district: str, *, operator: UUID | None) -> Sequence[Operator]:
    """List who collects in a district or has scales there, or one of them."""
    covers = exists().where(Coverage.district == district, Coverage.operator == Operator.id)
    weighs = exists().where(Scale.district == district, Scale.operator == Operator.id)
    own = true() if operator is None else Operator.id == operator
    query = select(Operator).where(or_(covers, weighs), own)
    return db.scalars(query.order_by(Operator.name_zh, Operator.id)).all()
