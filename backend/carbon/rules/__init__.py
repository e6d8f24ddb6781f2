"""What a weight saves, what is wrong with factors, and the frozen values that leave this room."""

from backend.carbon.rules.checks import *
from backend.carbon.rules.values import *
