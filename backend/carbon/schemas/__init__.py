"""Carbon on the wire."""

from backend.carbon.schemas.drafts import *
from backend.carbon.schemas.sets import *
