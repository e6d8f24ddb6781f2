"""Plant the registers: the city's for everybody, a district's for the demo. What is known stays as it is."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.starting import mark_demo
from backend.settings import settings
from backend.subsidy.queries import period_of
from seeds import city, district
from seeds.reading import BEGINS, REGISTERS, cast

__all__ = ["cast", "demo", "registers"]

Say = Callable[[str], None]


def registers(*, say: Say) -> None:
    """Plant what the whole city shares: real figures only."""
    steps = {
        "Divisions": city.divisions,
        "Materials": city.materials,
        "Synonyms": city.synonyms,
        "Factors": city.factors,
    }
    for name, plant in steps.items():
        with transaction() as db:
            say(f"{name}: {plant(db)}")


def demo(*, say: Say) -> None:
    """Plant a district to try things in, with people whose secrets are public.

    :raises RuntimeError: this is production
    """
    if settings().environment == "production":
        raise RuntimeError("The demo has public passwords; production refuses it.")
    at = utc_now()
    for folder in sorted((REGISTERS / "districts").iterdir()):
        _plant(folder.name, at=at, say=say)


def _plant(code: str, *, at: datetime, say: Say) -> None:
    """Plant one district, each register in a transaction of its own."""
    begins = min(BEGINS, at)
    with transaction() as db:
        mark_demo(db, code, at=at)
    steps: dict[str, Callable[[Session], str]] = {
        "Service": partial(district.service, district=code, at=at),
        "People": partial(district.people, district=code, at=begins),
        "Programme": partial(district.programme, district=code, at=begins),
        "Price list": partial(district.price_list, district=code, at=begins),
        "Rewards": partial(district.rewards, district=code, at=begins, until=max(BEGINS, at)),
    }
    for period in (period_of(BEGINS), period_of(at)):
        steps[f"Budget {period}"] = partial(district.budget, district=code, period=period, at=begins)
    for name, plant in steps.items():
        with transaction(districts=[code]) as db:
            say(f"{code} {name}: {plant(db)}")
