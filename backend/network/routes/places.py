"""Where communities are, as the people of a district put them on its map."""

from typing import Any

from backend.kit.auth import refuses, requires
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table
from backend.network import places, queries
from backend.network.errors import CommunityNotFound, PositionOutsideDistrict
from backend.network.examples import PLACED_COMMUNITY
from backend.network.queries import PlacedCommunity
from backend.network.routes.room import blp
from backend.network.schemas import PlacedCommunitiesIn, PlacedCommunityOut, PlacedCommunityPageOut, PlaceIn
from backend.network.tables import COMMUNITIES

_COMMUNITY = "/communities/<string(maxlength=40):community_code>"


@blp.get("/communities")
@requires("place:read")
@blp.arguments(PlacedCommunitiesIn, location="query")
@blp.response(200, PlacedCommunityPageOut, example={"items": [PLACED_COMMUNITY], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(COMMUNITIES, PlacedCommunityPageOut)
def list_placed_communities(args: dict[str, Any]) -> Page[PlacedCommunity]:
    """List the communities of your district with where they are, by code."""
    return queries.placed_communities(session(), actor().district, **args)


@blp.get(_COMMUNITY)
@requires("place:read")
@blp.response(200, PlacedCommunityOut, example=PLACED_COMMUNITY)
@refuses(CommunityNotFound)
@tagged
def show_placed_community(community_code: str) -> PlacedCommunity:
    """Show a community of your district with where it is."""
    return queries.placed_community(session(), actor().district, community_code)


@blp.put(_COMMUNITY)
@requires("place:edit")
@edits
@blp.arguments(PlaceIn, example={"position": PLACED_COMMUNITY["position"]})
@blp.response(200, PlacedCommunityOut, example=PLACED_COMMUNITY)
@refuses(CommunityNotFound, PositionOutsideDistrict)
@tagged
def place_community(body: dict[str, Any], community_code: str) -> PlacedCommunity:
    """Put a community on the map, elsewhere on it, or take it off; collectors see their stops there."""
    return places.place(session(), community_code, by=actor(), at=now(), is_as_seen=expected(), **body)
