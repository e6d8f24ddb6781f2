"""The pure decisions of the subsidy room: no database, no clock."""

from backend.subsidy.rules.caps import Bar, CapRule, Standing, Terms, percent_paid, said, standing, terms
from backend.subsidy.rules.forecast import Draw, Forecast, Unknown, forecast
from backend.subsidy.rules.periods import month_of, next_period, period_of, under_ceiling
from backend.subsidy.rules.values import (
    Budget,
    BudgetEvent,
    BudgetState,
    Happened,
    Offer,
    Order,
    OrderKind,
    OrderState,
    Programme,
    Promise,
    PromiseState,
    Source,
    asks_clearly,
)

__all__ = [
    "Bar",
    "Budget",
    "BudgetEvent",
    "BudgetState",
    "CapRule",
    "Draw",
    "Forecast",
    "Happened",
    "Offer",
    "Order",
    "OrderKind",
    "OrderState",
    "Programme",
    "Promise",
    "PromiseState",
    "Source",
    "Standing",
    "Terms",
    "Unknown",
    "asks_clearly",
    "forecast",
    "month_of",
    "next_period",
    "percent_paid",
    "period_of",
    "said",
    "standing",
    "terms",
    "under_ceiling",
]
