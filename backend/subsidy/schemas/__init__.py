"""Programmes, budgets and the guide on the wire."""

from backend.subsidy.schemas.budgets import *
from backend.subsidy.schemas.guide import *
from backend.subsidy.schemas.programmes import *
