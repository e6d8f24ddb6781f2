"""What staffing does later: the trail is forgotten when its term is over."""

from backend.kit import trail
from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.jobs import claimed
from backend.network import queries as network

_ONE_DAY = 86_400


def forget() -> int:
    """Delete what the districts' trails kept for its term; the clock calls it, and once a day it works."""
    at, lines = utc_now(), 0
    with transaction() as db:
        if not claimed(db, "forget_trail", every_seconds=_ONE_DAY, at=at):
            return 0
        for district in network.districts(db):
            see(db, district.code)
            lines += trail.forget(db, district=district.code, at=at)
            db.flush()
    return lines
