"""The guide to low-value recyclables: which they are here, what is paid for them, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.catalogue import queries as catalogue
from backend.subsidy.queries.programmes import offers
from backend.subsidy.rules import Offer


@dataclass(frozen=True)
class GuideEntry:
    """A low-value material, with its rate if the district prices it."""

    material: catalogue.Material
    rate: catalogue.Rate | None


@dataclass(frozen=True)
class Guide:
    """A district's guide."""

    price_list: catalogue.PriceList
    entries: Sequence[GuideEntry]
    programmes: Sequence[Offer]


def guide(db: Session, district: str, *, at: datetime) -> Guide:
    """Return a district's guide with the rates in force and how its programmes stand.

    :raises NoPriceList: the district has no price list
    """
    found = catalogue.price_list(db, district, at=at)
    low_value = [one for one in catalogue.materials(db).values() if one.low_value is not None]
    return Guide(
        price_list=found,
        entries=[GuideEntry(one, found.rates.get(one.key)) for one in low_value],
        programmes=offers(db, district, at=at),
    )
