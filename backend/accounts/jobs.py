"""What the clock does to the books by itself."""

from datetime import timedelta
from threading import Thread

import structlog

import ledger
from backend.accounts import audit, service
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.jobs import claimed
from backend.network import queries as network
from backend.settings import settings

log = structlog.get_logger()

_ONE_DAY = 86_400
_TO_MIDNIGHT = timedelta(hours=5)
"""From three in the morning in the city, 19:00 UTC, to midnight UTC, when the clock's days begin."""
_SUNDAY = 6


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


def audit_nightly() -> Thread | None:
    """Check every book once a night: what came since the last sound audit, on Sundays everything.

    It reads for long, so it runs beside whatever else the clock does, in a thread that is returned; of
    several clocks one runs it.
    """
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "audit", every_seconds=_ONE_DAY, at=at + _TO_MIDNIGHT):
            return None
    whole = at.astimezone(CITY).weekday() == _SUNDAY
    running = Thread(target=_audit, kwargs={"whole": whole}, name="audit", daemon=True)
    running.start()
    return running


def _audit(*, whole: bool) -> None:
    chosen, said = settings(), list[str]()
    try:
        sound = audit.run(
            chosen.database_auditor_url or chosen.database_url, say=said.append, since_last=not whole
        )
    except Exception:
        log.exception("audit_failed")
        return
    if sound:
        log.info("audit_sound", whole=whole)
    else:
        log.error("audit_unsound", whole=whole, wrong=[line.strip() for line in said if "WRONG" in line])
