"""What a rate comes to, what is wrong with one, and the frozen values that leave this room."""

from backend.catalogue.rules.checks import *
from backend.catalogue.rules.differences import *
from backend.catalogue.rules.values import *
