"""Where the service is, and the scales it weighs on."""

from backend.network.routes import area, scales
from backend.network.routes.room import blp

__all__ = ["area", "blp", "scales"]
