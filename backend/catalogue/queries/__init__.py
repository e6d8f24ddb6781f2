"""The questions that are asked of the catalogue."""

from backend.catalogue.queries.drafts import *
from backend.catalogue.queries.materials import *
from backend.catalogue.queries.photos import *
from backend.catalogue.queries.synonyms import *
from backend.catalogue.queries.versions import *
from backend.catalogue.rules.checks import flaws as flaws
from backend.catalogue.rules.values import *
