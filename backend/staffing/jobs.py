"""What staffing does later: it forgets what was kept for its term."""

from backend.identity import service as identity
from backend.kit import trail
from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.jobs import claimed
from backend.network import queries as network
from backend.staffing import service

_ONE_DAY = 86_400


def forget() -> int:
    """Delete what the districts kept for its term; the clock calls it, and once a day it works."""
    at, gone = utc_now(), 0
    with transaction() as db:
        if not claimed(db, "forget_staffing", every_seconds=_ONE_DAY, at=at):
            return 0
        for district in network.districts(db):
            see(db, district.code)
            gone += trail.forget(db, district=district.code, at=at)
            gone += service.forget_invitations(db, district=district.code, at=at)
            gone += identity.forget_phones(db, district=district.code, at=at)
            db.flush()
    return gone
