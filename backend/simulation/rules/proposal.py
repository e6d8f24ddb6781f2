"""What is proposed: rates in place of others, all or some, and what happens at a programme's cap."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.catalogue.queries import Basis, Rate

_PROPOSED = Basis("assumption", None, "试算的设想。", "Assumption of a simulation.")


@dataclass(frozen=True)
class Change:
    """What would be paid for one material."""

    material: str
    accepted: bool
    market_fen_per_kg: Decimal
    subsidy_fen_per_kg: Decimal
    operator_fen_per_tonne: Decimal
    ceiling_grams: int | None
    programme: UUID | None

    @classmethod
    def of(cls, rate: Rate) -> "Change":
        """Take what decides payments from a rate."""
        return cls(**{name: getattr(rate, name) for name in cls.__dataclass_fields__})

    def rate(self) -> Rate:
        """Return it as a rate that nobody has published."""
        basis = _PROPOSED if self.programme else None
        return Rate(**vars(self), market_basis=_PROPOSED, subsidy_basis=basis)


@dataclass(frozen=True)
class Cap:
    """What would happen at a programme's cap."""

    programme: UUID
    cap_rule: str
    taper_below_fen: int | None = None
    taper_percent: int | None = None


@dataclass(frozen=True)
class Proposal:
    """Rates and cap rules that are to be tried."""

    whole: bool
    """Whether the rates stand in place of a whole price list, or change some lines of each one in force."""
    changes: tuple[Change, ...] = ()
    caps: tuple[Cap, ...] = ()

    def over(self, rates: Mapping[str, Rate]) -> dict[str, Rate]:
        """Return what would have been paid in place of a price list."""
        kept = {} if self.whole else dict(rates)
        return kept | {change.material: _like(rates.get(change.material), change) for change in self.changes}

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it; the same proposal is the same text."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), default=_plain))
        found["changes"].sort(key=lambda change: change["material"])
        found["caps"].sort(key=lambda cap: cap["programme"])
        return found

    @property
    def digest(self) -> str:
        """Return what stands for it: SHA-256 over its canonical text."""
        return sha256(json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Proposal":
        """Read what `as_json` kept."""
        return cls(
            whole=told["whole"],
            changes=tuple(Change(**_values(change)) for change in told["changes"]),
            caps=tuple(Cap(**{**cap, "programme": UUID(cap["programme"])}) for cap in told["caps"]),
        )


def _like(before: Rate | None, change: Change) -> Rate:
    """Return a change as a rate; conditions on evidence stay as they were."""
    rate = change.rate()
    if before is None or change.programme is None:
        return rate
    return replace(
        rate,
        needs_verified_scale=before.needs_verified_scale,
        needs_confirmation=before.needs_confirmation,
    )


def _plain(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _values(change: Mapping[str, Any]) -> dict[str, Any]:
    figures = {name: Decimal(value) for name, value in change.items() if "_fen_per_" in name}
    return {**change, **figures, "programme": change["programme"] and UUID(change["programme"])}
