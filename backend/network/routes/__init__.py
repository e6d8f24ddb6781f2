"""Where the service is and its communities are, and the scales it weighs on."""

from backend.network.routes import area, places, scales
from backend.network.routes.room import blp

__all__ = ["area", "blp", "places", "scales"]
