"""What corrections have left of an award."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from backend.accounts.chart import GREEN, green
from backend.accounts.postings import paid
from backend.kit.db import driver

# An award, and the corrections of it in their order; each corrects the one before.
_CORRECTIONS = """
with recursive chain as (
    select id, 0 as no from ledger.entry where book = %(book)s and id = %(award)s
     union all
    select e.id, chain.no + 1 from chain join ledger.entry e on e.book = %(book)s and e.reverses = chain.id
)
select id from chain order by no
"""

_EXPIRED = """
select coalesce(sum(v.amount), 0)::bigint
  from ledger.account a
  join ledger.posting made on made.book = a.book and made.target = a.id and made.entry = %(award)s
  join ledger.lot_event v
    on v.book = a.book and v.account = a.id and v.lot = made.target_version and v.kind = 'drawn'
  join ledger.posting took
    on took.book = v.book and took.entry = v.entry and took.no = v.posting and took.lapsed
 where a.book = %(book)s and a.path = %(path)s and a.asset = %(green)s
"""


@dataclass(frozen=True)
class Award:
    """An award as its corrections have left it."""

    household: UUID
    latest: UUID
    """The award, or the last correction of it."""
    paid_fen: Mapping[str, int]
    """What it still costs those who paid for its points, by their account."""
    expired_points: int
    """What of it lapsed, and no correction has counted."""


def award(db: Session, district: str, award_id: UUID) -> Award | None:
    """Find an award of points and what its corrections have left of it."""
    conn = driver(db)
    ids = [row[0] for row in conn.execute(_CORRECTIONS, {"book": district, "award": award_id})]
    entries = [found.entry for each in ids if (found := ledger.entry(conn, district, each)) is not None]
    if not entries or (household := entries[0].subject) is None:
        return None
    first, *corrections = entries
    names = {"book": district, "award": award_id, "path": green(household), "green": GREEN}
    (expired,) = conn.execute(_EXPIRED, names).fetchone() or (0,)
    return Award(
        household=household,
        latest=ids[-1],
        paid_fen=paid(first, corrections),
        expired_points=expired - sum(one.facts["expired"] for one in corrections),
    )
