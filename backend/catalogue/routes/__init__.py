"""What can be handed over, and for how much."""

from backend.catalogue.routes import reading, synonyms, photos, drafts, files  # noqa: I001 - as the document shows them
from backend.catalogue.routes.photos import pictures
from backend.catalogue.routes.room import blp

__all__ = ["blp", "drafts", "files", "photos", "pictures", "reading", "synonyms"]
