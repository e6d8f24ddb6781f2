"""What leaves this room: a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.kit.positions import Position


class Kind(StrEnum):
    """What one goes there for."""

    RECYCLING = "recycling"
    SHOP = "shop"


@dataclass(frozen=True)
class Shop:
    """The merchant who honours vouchers at an outlet."""

    id: UUID
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Outlet:
    """A place of a district that residents go to."""

    id: UUID
    merchant: Shop | None
    name_zh: str
    name_en: str | None
    address: str
    hours: str
    position: Position | None
    closed_at: datetime | None
    closed_reason: str | None

    @property
    def kind(self) -> Kind:
        """Tell what one goes there for: a merchant's outlet honours vouchers, all others take recyclables."""
        return Kind.SHOP if self.merchant else Kind.RECYCLING
