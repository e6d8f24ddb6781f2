"""Where something is: on WGS 84, in whole microdegrees, of which one is at most a ninth of a metre.

WGS 84 is what satellite receivers of telephones tell, and CGCS2000, China's own, is the same to a decimetre.
Maps of Amap and Tencent are drawn on GCJ-02, some hundred metres beside it, and Baidu's on BD-09; nothing is
converted here, so whoever reads a position off such a map converts it before it is sent.
"""

from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import fields, post_load, validate
from sqlalchemy.orm import Mapped

from backend.kit.fields import In, Microdegrees, Out

DATUM = "wgs84"
WHOLE = "num_nonnulls(latitude_microdegrees, longitude_microdegrees) in (0, 2)"
"""What holds of the two columns of a place, in SQL."""


@dataclass(frozen=True)
class Position:
    """A point of the earth's surface."""

    latitude_microdegrees: int
    longitude_microdegrees: int

    @property
    def datum(self) -> str:
        """Name what its figures are measured on."""
        return DATUM


def facts_of(position: Position | None) -> dict[str, int]:
    """Write a position down, as the trail keeps it; nothing where there is none."""
    return {} if position is None else asdict(position)


class Placed:
    """A row that may say where what it stands for is: both of the figures, or neither."""

    latitude_microdegrees: Mapped[int | None]
    longitude_microdegrees: Mapped[int | None]

    @property
    def position(self) -> Position | None:
        """Return where it is, if that is known."""
        latitude, longitude = self.latitude_microdegrees, self.longitude_microdegrees
        return None if latitude is None or longitude is None else Position(latitude, longitude)

    @position.setter
    def position(self, found: Position | None) -> None:
        self.latitude_microdegrees = None if found is None else found.latitude_microdegrees
        self.longitude_microdegrees = None if found is None else found.longitude_microdegrees


_DATUM = {
    "description": "of the figures: WGS 84, as satellite receivers have it. Positions on GCJ-02 (Amap,"
    " Tencent) or BD-09 (Baidu) lie some hundred metres beside it, and are converted before they are sent"
}


class PositionIn(In):
    """A point, and what its figures are measured on: whoever sends one says so."""

    latitude_microdegrees = Microdegrees(required=True, minimum=-90_000_000, maximum=90_000_000)
    longitude_microdegrees = Microdegrees(required=True, minimum=-180_000_000, maximum=180_000_000)
    datum = fields.String(required=True, validate=validate.OneOf([DATUM]), metadata=_DATUM)

    @post_load
    def _as_a_value(self, said: dict[str, Any], **_: Any) -> Position:
        return Position(said["latitude_microdegrees"], said["longitude_microdegrees"])


class PositionOut(Out):
    """A point."""

    latitude_microdegrees = Microdegrees(required=True)
    longitude_microdegrees = Microdegrees(required=True)
    datum = fields.String(required=True, metadata={**_DATUM, "enum": [DATUM]})
