"""Laying the ledger's schema, and saying who may use it."""

from importlib import resources
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

SCRIPTS = (
    "schema.sql",
    "guards.sql",
    "accounts.sql",
    "lookup.sql",
    "rules.sql",
    "decide.sql",
    "stripes.sql",
    "lots.sql",
    "holds.sql",
    "attempt.sql",
    "post.sql",
    "one.sql",
    "sequence.sql",
    "snapshots.sql",
    "past.sql",
    "turnover.sql",
    "status.sql",
    "recent.sql",
    "tree.sql",
)

TABLES = (
    *("chart", "account", "balance", "entry", "posting"),
    *("hold", "hold_event", "lot", "lot_event", "status_change"),
    *("unsealed", "log", "leaf", "snapshot", "audited", "tile", "salt", "checkpoint", "cosignature"),
)
APPEND_ONLY = (
    *("entry", "posting", "hold_event", "lot_event", "status_change"),
    *("leaf", "snapshot", "audited", "checkpoint", "cosignature"),
)


def install(conn: Connection[Any]) -> None:
    """Create the schema `ledger` with all that is in it; the connection's role becomes its owner."""
    for script in SCRIPTS:
        conn.execute(resources.files(__package__).joinpath(script).read_bytes(), prepare=False)
    conn.execute("revoke all on all functions in schema ledger from public")


def grant(conn: Connection[Any], *, app: str, auditor: str) -> None:
    """Let the app role read and post, and the auditor role read. Neither may write a table itself."""
    conn.execute(
        SQL(
            """
            grant usage on schema ledger to {app}, {auditor};
            grant select on all tables in schema ledger to {app}, {auditor};
            grant execute on function ledger.post, ledger.post_one, ledger.adopt to {app};
            grant execute on function ledger.set_status, ledger.seal to {app};
            grant execute on function ledger.salts, ledger.grow, ledger.sign, ledger.cosign to {app};
            grant execute on function ledger.matches, ledger.change, ledger.tail, ledger.size_at,
                  ledger.versions_at, ledger.balance_at, ledger.lines_at, ledger.turnover,
                  ledger.recent, ledger.recent_lines, ledger.line_of, ledger.mark_audited,
                  ledger.small_tile, ledger.beside to {app}, {auditor};
            """
        ).format(app=Identifier(app), auditor=Identifier(auditor))
    )


def entrust(conn: Connection[Any], *, keeper: str) -> None:
    """Let the posting functions run as a role of their own, which nobody can log in as.

    It is for who lays row security on these tables, which each statement of a posting would ask again: the
    keeper may be let past it wherever only an account or an entry leads. It comes after `grant`.
    """
    conn.execute(
        SQL(
            """
            grant usage, create on schema ledger to {keeper};
            grant select on all tables in schema ledger to {keeper};
            grant insert on ledger.account, ledger.balance, ledger.entry, ledger.posting, ledger.unsealed,
                  ledger.hold, ledger.hold_event, ledger.lot, ledger.lot_event to {keeper};
            grant update on ledger.balance, ledger.entry, ledger.hold, ledger.lot to {keeper};
            grant delete on ledger.account, ledger.balance to {keeper};
            grant execute on all functions in schema ledger to {keeper};
            alter function ledger.post owner to {keeper};
            alter function ledger.post_one owner to {keeper};
            revoke create on schema ledger from {keeper};
            """
        ).format(keeper=Identifier(keeper))
    )
