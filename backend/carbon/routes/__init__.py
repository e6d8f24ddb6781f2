"""What recycling saves, who says so, and how that changes."""

from backend.carbon.routes import reading, drafts  # noqa: I001 - as the document shows them
from backend.carbon.routes.room import blp

__all__ = ["blp", "drafts", "reading"]
