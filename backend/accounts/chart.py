"""The chart of accounts: every path is made here, and every book adopts the same patterns."""

from typing import Final
from uuid import UUID

from ledger import AccountClass, transit

GREEN: Final = "GREEN"
"""Points; one is one fen of reward."""
CO2E: Final = "CO2E"
"""Grams of CO2e saved."""
FEN: Final = "FEN"
"""Money."""

Name = UUID | str
"""Whose account: an id, or `ANY` in a pattern."""
ANY: Final = "*"


def mass(material: str) -> str:
    """Grams of one material."""
    return f"MASS/{material}"


def green(household: Name) -> str:
    """What a household may spend."""
    return f"household/{household}/green"


def co2e(household: Name) -> str:
    """What a household has saved."""
    return f"household/{household}/co2e"


def owed(household: Name) -> str:
    """What a correction could not take back from a household."""
    return f"household/{household}/owed"


def fund() -> str:
    """The money behind every point."""
    return "fund"


def budget(programme: Name, period: str) -> str:
    """A programme's money for one period."""
    return f"budget/{programme}/{period}"


def merchant_green(merchant: Name) -> str:
    """Points taken at a till and not settled yet."""
    return f"merchant/{merchant}/green"


def holder(who: Name) -> str:
    """What someone has in hand."""
    return f"holder/{who}"


def green_issued() -> str:
    """Where points come from."""
    return "green/issued"


def green_retired() -> str:
    """Where points end."""
    return "green/retired"


def green_owing() -> str:
    """The other side of everything households owe."""
    return "green/owing"


def co2e_saved() -> str:
    """Where saved grams come from."""
    return "co2e/saved"


def operator_due(operator: Name) -> str:
    """What an operator owes for market value, as a negative balance."""
    return f"operator/{operator}/due"


def operator_subsidy(operator: Name) -> str:
    """What an operator is owed for its tonnes."""
    return f"operator/{operator}/subsidy"


def merchant_payable(merchant: Name) -> str:
    """What a merchant is owed for settled points."""
    return f"merchant/{merchant}/payable"


def treasury() -> str:
    """The district's purse for this scheme."""
    return "treasury"


def bank() -> str:
    """The world outside, where money comes from and goes to."""
    return "bank"


def homes() -> str:
    """Where mass comes from."""
    return "homes"


def loss(why: str) -> str:
    """Mass that a hand-over could not find, or found too much of."""
    return f"loss/{why}"


def household_of(path: str) -> UUID:
    """Read whose an account of a household is.

    :raises ValueError: it is nobody's
    """
    return UUID(path.removeprefix("household/").partition("/")[0])


def carries_points(path: str) -> bool:
    """Tell whether points on this account must be backed by the fund."""
    owner, _, rest = path.partition("/")
    return owner in {"household", "merchant"} and rest.endswith("/green")


STRIPES: Final = 16
"""Of an account that everyone draws on: as many as sessions of a few web processes and workers post at once.
With fewer they would meet; with more, a share is soon too small for a draw, and all are gathered."""

CHART: Final = (
    AccountClass(pattern=green(ANY), asset=GREEN, owner="household", bounded=True, lots=True),
    AccountClass(pattern=co2e(ANY), asset=CO2E, owner="household", bounded=True),
    AccountClass(pattern=owed(ANY), asset=GREEN, owner="household", bounded=True),
    AccountClass(pattern=fund(), asset=FEN, owner="district", bounded=True, stripes=STRIPES),
    AccountClass(pattern=budget(ANY, ANY), asset=FEN, owner="programme", bounded=True, stripes=STRIPES),
    AccountClass(pattern=merchant_green(ANY), asset=GREEN, owner="merchant", bounded=True, stripes=STRIPES),
    AccountClass(pattern=holder(ANY), asset=mass(ANY), owner="holder", bounded=True),
    AccountClass(pattern=green_issued(), asset=GREEN, owner="district", bounded=False),
    AccountClass(pattern=green_retired(), asset=GREEN, owner="district", bounded=False),
    AccountClass(pattern=green_owing(), asset=GREEN, owner="district", bounded=False),
    AccountClass(pattern=co2e_saved(), asset=CO2E, owner="district", bounded=False),
    AccountClass(pattern=operator_due(ANY), asset=FEN, owner="operator", bounded=False),
    AccountClass(pattern=operator_subsidy(ANY), asset=FEN, owner="operator", bounded=False),
    AccountClass(pattern=merchant_payable(ANY), asset=FEN, owner="merchant", bounded=False),
    AccountClass(pattern=treasury(), asset=FEN, owner="district", bounded=False),
    AccountClass(pattern=bank(), asset=FEN, owner="outside", bounded=False),
    AccountClass(pattern=homes(), asset=mass(ANY), owner="outside", bounded=False),
    AccountClass(pattern=loss(ANY), asset=mass(ANY), owner="district", bounded=False),
    AccountClass(pattern=transit(ANY, ANY), asset=GREEN, owner="district", bounded=False),
    AccountClass(pattern=transit(ANY, ANY), asset=FEN, owner="district", bounded=False),
    AccountClass(pattern=transit(ANY, ANY), asset=mass(ANY), owner="district", bounded=False),
)
"""The classes of accounts; those with a floor are bounded."""
