"""A double-entry, append-only ledger for anything that can be counted, in PostgreSQL. It knows nobody."""

from ledger import export
from ledger.audit import Finding, Report, audit
from ledger.errors import ChartConflict, NotYetSealed, Refusal, Refused, UnknownAccount, UnknownBook
from ledger.posting import Outcome, adopt, fingerprint, post, post_many
from ledger.sealing import seal
from ledger.store.log import log, position, size_at
from ledger.store.queries import balance, balances, entry, find, holds, open_holds, statement
from ledger.values import (
    AccountClass,
    Balance,
    Entry,
    Hold,
    Line,
    Log,
    Posted,
    Posting,
    Recorded,
    Reserve,
    Settle,
)

__all__ = [
    "AccountClass",
    "Balance",
    "ChartConflict",
    "Entry",
    "Finding",
    "Hold",
    "Line",
    "Log",
    "NotYetSealed",
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
    "UnknownBook",
    "adopt",
    "audit",
    "balance",
    "balances",
    "entry",
    "export",
    "find",
    "fingerprint",
    "holds",
    "log",
    "open_holds",
    "position",
    "post",
    "post_many",
    "seal",
    "size_at",
    "statement",
]
