"""The tables of identity. Only households and what belongs to them belong to a district."""

from backend.identity.models.households import *
from backend.identity.models.people import *
from backend.identity.models.staff import *
from backend.identity.models.tokens import *
