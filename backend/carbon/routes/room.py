"""The blueprint that the files of this package write themselves into."""

from backend.kit.api import Room

blp = Room("carbon", __name__, url_prefix="/v1/carbon", description="Carbon factors with their sources.")
