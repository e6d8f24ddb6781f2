"""Who may do what, how long a secret lives, and the frozen values that leave this room."""

from backend.identity.rules.residents import *
from backend.identity.rules.roles import *
from backend.identity.rules.staff import *
from backend.identity.rules.terms import *
from backend.identity.rules.tokens import *
from backend.identity.rules.values import *
