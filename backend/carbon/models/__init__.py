"""The tables of carbon: sets of factors for the whole city, and drafts of them."""

from backend.carbon.models.drafts import *
from backend.carbon.models.factors import *
from backend.carbon.models.sets import *
