"""The blueprint that the files of this package write themselves into."""

from backend.kit.api import Room

blp = Room("network", __name__, description="Districts, communities and scales.")
