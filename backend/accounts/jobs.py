"""What the clock does to the books by itself."""

import structlog

import ledger
from backend.accounts import service
from backend.kit.db import transaction
from backend.network import queries as network

log = structlog.get_logger()


def seal() -> int:
    """Give each entry of the city that has none yet its position in its book's log; return how many."""
    with transaction(read_only=True) as db:
        districts = [district.code for district in network.districts(db)]
    return sum(_seal(district) for district in districts)


def _seal(district: str) -> int:
    """Seal one book to its end; what goes wrong in it keeps no other from being sealed."""
    sealed = 0
    try:
        while True:
            with transaction(districts=[district]) as db:
                now = service.seal(db, district)
            sealed += now
            if not now:
                return sealed
    except ledger.UnknownBook:
        return 0
    except Exception:
        log.exception("sealing_failed", district=district)
        return sealed
