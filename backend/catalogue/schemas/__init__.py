"""The catalogue on the wire."""

from backend.catalogue.schemas.drafts import *
from backend.catalogue.schemas.files import *
from backend.catalogue.schemas.lists import *
from backend.catalogue.schemas.materials import *
from backend.catalogue.schemas.photos import *
from backend.catalogue.schemas.synonyms import *
