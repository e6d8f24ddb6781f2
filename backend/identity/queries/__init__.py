"""The questions that are asked of identity."""

from backend.identity.queries.households import *
from backend.identity.queries.people import *
from backend.identity.queries.staff import *
from backend.identity.queries.tokens import *
from backend.identity.rules.roles import ROLES as ROLES
from backend.identity.rules.roles import STEPS as STEPS
from backend.identity.rules.roles import StaffRole as StaffRole
from backend.identity.rules.values import Colleague as Colleague
from backend.identity.rules.values import Collector as Collector
from backend.identity.rules.values import Doorstep as Doorstep
from backend.identity.rules.values import Home as Home
from backend.identity.rules.values import SignedIn as SignedIn
from backend.identity.rules.values import Vouched as Vouched
