"""A double-entry, append-only ledger for anything that can be counted, in PostgreSQL. It knows nobody."""

from ledger import export
from ledger.audit import Finding, Report, audit
from ledger.errors import ChartConflict, NotYetSealed, Refusal, Refused, UnknownAccount, UnknownBook, Unlinked
from ledger.linking import post_linked
from ledger.opening import Flaw, Had, Opening, Table, open_balances
from ledger.opening import read as read_balances
from ledger.posting import Outcome, adopt, fingerprint, post, post_many
from ledger.proofs import Pair, Receipt, pair, path, receipt, served
from ledger.publishing import cosign, grow, sign
from ledger.rules import transit
from ledger.sealing import seal
from ledger.status import Changed, close, freeze, thaw
from ledger.store.log import last_audited, log, mark_audited, position, size_at
from ledger.store.lots import due, lots
from ledger.store.past import balance_at, balances_at, statement_at
from ledger.store.posted import entry, find
from ledger.store.queries import balance, balances, holds, open_holds, statement
from ledger.store.reports import status_changes, turnover
from ledger.store.tree import Signed, Witnessed, books_behind, last_cosigned, witnessed
from ledger.store.tree import newest as newest_checkpoint
from ledger.store.tree import signed as checkpoint_at
from ledger.values import (
    AccountClass,
    Balance,
    Due,
    Entry,
    Hold,
    Line,
    Log,
    Lot,
    Posted,
    Posting,
    Recorded,
    Reserve,
    SealedLine,
    Settle,
    StatusChange,
    Turnover,
)

__all__ = [
    "AccountClass",
    "Balance",
    "Changed",
    "ChartConflict",
    "Due",
    "Entry",
    "Finding",
    "Flaw",
    "Had",
    "Hold",
    "Line",
    "Log",
    "Lot",
    "NotYetSealed",
    "Opening",
    "Outcome",
    "Pair",
    "Posted",
    "Posting",
    "Receipt",
    "Recorded",
    "Refusal",
    "Refused",
    "Report",
    "Reserve",
    "SealedLine",
    "Settle",
    "Signed",
    "StatusChange",
    "Table",
    "Turnover",
    "UnknownAccount",
    "UnknownBook",
    "Unlinked",
    "Witnessed",
    "adopt",
    "audit",
    "balance",
    "balance_at",
    "balances",
    "balances_at",
    "books_behind",
    "checkpoint_at",
    "close",
    "cosign",
    "due",
    "entry",
    "export",
    "find",
    "fingerprint",
    "freeze",
    "grow",
    "holds",
    "last_audited",
    "last_cosigned",
    "log",
    "lots",
    "mark_audited",
    "newest_checkpoint",
    "open_balances",
    "open_holds",
    "pair",
    "path",
    "position",
    "post",
    "post_linked",
    "post_many",
    "read_balances",
    "receipt",
    "seal",
    "served",
    "sign",
    "size_at",
    "statement",
    "statement_at",
    "status_changes",
    "thaw",
    "transit",
    "turnover",
    "witnessed",
]
