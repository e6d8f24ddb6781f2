"""The tables of the catalogue: the city's materials, and each district's price lists and drafts of them."""

from backend.catalogue.models.drafts import *
from backend.catalogue.models.materials import *
from backend.catalogue.models.photos import *
from backend.catalogue.models.rates import *
from backend.catalogue.models.synonyms import *
from backend.catalogue.models.versions import *
