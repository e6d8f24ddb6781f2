"""A double-entry, append-only ledger for anything that can be counted, in PostgreSQL. It knows nobody."""

from ledger import export
from ledger.audit import Finding, Report, audit
from ledger.errors import ChartConflict, Refusal, Refused, UnknownAccount
from ledger.posting import Outcome, adopt, fingerprint, post, post_many
from ledger.store.queries import balance, balances, entry, find, holds, open_holds, statement
from ledger.values import AccountClass, Balance, Entry, Hold, Line, Posted, Posting, Recorded, Reserve, Settle

__all__ = [
    "AccountClass",
    "Balance",
    "ChartConflict",
    "Entry",
    "Finding",
    "Hold",
    "Line",
    "Outcome",
    "Posted",
    "Posting",
    "Recorded",
    "Refusal",
    "Refused",
    "Report",
    "Reserve",
    "Settle",
    "UnknownAccount",
    "adopt",
    "audit",
    "balance",
    "balances",
    "entry",
    "export",
    "find",
    "fingerprint",
    "holds",
    "open_holds",
    "post",
    "post_many",
    "statement",
]
