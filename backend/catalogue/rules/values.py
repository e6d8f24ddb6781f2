"""What a rate comes to, line by line, and what leaves this room: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from backend.kit.drafts import Approval, Drafted
from backend.kit.rounding import half_up

__all__ = [
    "Approval",
    "Basis",
    "Draft",
    "DraftHead",
    "HungPhoto",
    "Material",
    "Photo",
    "Picture",
    "PriceLine",
    "PriceList",
    "PriceListHead",
    "Rate",
    "Synonym",
]

_GRAMS_PER_KG = 1_000
_GRAMS_PER_TONNE = 1_000_000


@dataclass(frozen=True)
class Basis:
    """Where a figure or a class comes from, in a sentence for whoever is shown it."""

    grade: str
    """A, B or C after the kind of source, or `assumption`."""
    source: str | None
    """Where it was read."""
    zh: str
    en: str


@dataclass(frozen=True)
class Rate:
    """What a district pays for one material."""

    material: str
    accepted: bool
    market_fen_per_kg: Decimal
    subsidy_fen_per_kg: Decimal
    operator_fen_per_tonne: Decimal
    ceiling_grams: int | None
    """How much of one household's material a month is subsidised; None is without end."""
    programme: UUID | None
    """The budget that pays both subsidies."""
    market_basis: Basis
    subsidy_basis: Basis | None
    """None where nothing is subsidised."""
    needs_verified_scale: bool = False
    """Whether both subsidies wait for staff where no verified scale read the weight by itself."""
    needs_confirmation: bool = False
    """Whether they wait for staff where the resident was silent."""

    @property
    def is_subsidised(self) -> bool:
        """Tell whether a programme pays anything for it."""
        return self.programme is not None

    def market_fen(self, net_grams: int) -> int:
        """Price a weight at the market rate."""
        return half_up(net_grams * self.market_fen_per_kg / _GRAMS_PER_KG)

    def subsidy_fen(self, granted_grams: int, percent: int = 100) -> int:
        """Return the household's subsidy for what its ceiling grants, at a share of the rate."""
        return half_up(granted_grams * percent * self.subsidy_fen_per_kg / (100 * _GRAMS_PER_KG))

    def operator_subsidy_fen(self, granted_grams: int, percent: int = 100) -> int:
        """Return the operator's subsidy for the same weight."""
        return half_up(granted_grams * percent * self.operator_fen_per_tonne / (100 * _GRAMS_PER_TONNE))


@dataclass(frozen=True)
class Synonym:
    """A word that a material is found by."""

    id: UUID
    material: str
    word: str
    language: str
    source: str | None
    """Where it was read; None is what people here say."""
    district: str | None
    """Whose staff added it; None is the city's own register."""
    added_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Picture:
    """A photo in one of its sizes."""

    digest: str
    """The SHA-256 of its bytes."""
    width: int
    height: int

    @property
    def url(self) -> str:
        """Where it is served; another picture never is."""
        return f"/photos/{self.digest}.webp"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """What a material looks like, and what is said to whoever does not see it."""

    alt_zh: str
    alt_en: str
    small: Picture
    large: Picture


@dataclass(frozen=True, kw_only=True)
class HungPhoto(Photo):
    """A photo as staff have put it up."""

    id: UUID
    material: str
    district: str
    added_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class Material:
    """Something a resident may want to hand over."""

    key: str
    name_zh: str
    name_en: str
    category: str
    accepted: bool
    refusal_zh: str | None
    """Why it is not taken, if it is not."""
    refusal_en: str | None
    goes_to: str | None
    """Which other bin it belongs in."""
    hint_zh: str
    hint_en: str
    low_value: str | None
    """Its class in the guide to low-value recyclables, if it is one."""
    basis: Basis
    also_called: tuple[Synonym, ...] = ()
    """What people call it, where somebody looked for it."""
    photos: tuple[Photo, ...] = ()
    """What it looks like, where somebody is shown it."""


@dataclass(frozen=True)
class PriceLine:
    """A rate beside the material it prices, as it is shown."""

    material: Material
    rate: Rate

    def without_photos(self) -> "PriceLine":
        """Return what of it never changes."""
        return replace(self, material=replace(self.material, photos=()))


class _Priced:
    """What has a line for each material that it prices."""

    lines: tuple[PriceLine, ...]

    @cached_property
    def rates(self) -> Mapping[str, Rate]:
        """The rate of each material that has one."""
        return {material: line.rate for material, line in self.priced.items()}

    @cached_property
    def priced(self) -> Mapping[str, PriceLine]:
        """The line of each material that has one."""
        return {line.material.key: line for line in self.lines}


@dataclass(frozen=True)
class PriceList(_Priced):
    """A published version of a district's rates."""

    version: UUID
    district: str
    number: int
    effective_at: datetime
    published_at: datetime
    note: str
    lines: tuple[PriceLine, ...]
    approval: Approval | None
    """None for what was planted before anybody could weigh anything."""


@dataclass(frozen=True)
class PriceListHead:
    """A link of a district's chain, and how long it was in force."""

    version: UUID
    number: int
    effective_at: datetime
    effective_until: datetime | None
    """None while nothing later is published; its beginning, if it was superseded before that."""
    published_at: datetime
    note: str
    approval: Approval | None


@dataclass(frozen=True, kw_only=True)
class DraftHead(Drafted):
    """A draft of a price list, without its rates."""

    district: str
    based_on: UUID | None
    """The version that it changes; None where a district has none yet."""
    effective_at: datetime | None
    """From when it is in force, once it is published."""


@dataclass(frozen=True, kw_only=True)
class Draft(_Priced, DraftHead):
    """A draft with its rates."""

    lines: tuple[PriceLine, ...]
