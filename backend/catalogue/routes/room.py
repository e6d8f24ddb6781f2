"""The blueprint that the files of this package write themselves into."""

from backend.kit.api import Room

blp = Room("catalogue", __name__, description="Materials and the price lists of the districts.")
