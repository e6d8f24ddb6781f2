"""The blueprint that all routes of identity hang on."""

from backend.kit.api import Room

blp = Room("identity", __name__, description="Signing in and out; persons and households.")
