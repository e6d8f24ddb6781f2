"""The questions that are asked of the subsidy room."""

from backend.subsidy.queries.budgets import *
from backend.subsidy.queries.ceilings import *
from backend.subsidy.queries.guide import *
from backend.subsidy.queries.orders import *
from backend.subsidy.queries.programmes import *
from backend.subsidy.queries.promises import *
from backend.subsidy.queries.settlement import *
from backend.subsidy.rules import Bar as Bar
from backend.subsidy.rules import Budget as Budget
from backend.subsidy.rules import BudgetEvent as BudgetEvent
from backend.subsidy.rules import CapRule as CapRule
from backend.subsidy.rules import Offer as Offer
from backend.subsidy.rules import Order as Order
from backend.subsidy.rules import Programme as Programme
from backend.subsidy.rules import Promise as Promise
from backend.subsidy.rules import PromiseState as PromiseState
from backend.subsidy.rules import Standing as Standing
from backend.subsidy.rules import Terms as Terms
from backend.subsidy.rules import check_cap as check_cap
from backend.subsidy.rules import month_of as month_of
from backend.subsidy.rules import percent_paid as percent_paid
from backend.subsidy.rules import period_of as period_of
from backend.subsidy.rules import terms as terms
from backend.subsidy.rules import under_ceiling as under_ceiling
