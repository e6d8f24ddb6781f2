"""The ledger against the smallest posting that one can write by hand, side by side on one server.

The yardstick has no idempotency, no balance after each line and no proof; `yardstick*.{sql,pgb}` are what
pgbench runs. Ours is the public Python call as the app's role, behind the walls of the platform. All rows
that have a ratio come from rounds: yardstick, then ours, and again.
"""

from contextlib import closing

from backend.local import servers
from bench import book, confirming, growing
from bench.database import SERVER, database
from bench.row import Row, percentiles, row
from bench.yardstick import lay_yardstick, pgbench

ROUNDS = 3


def main() -> list[Row]:
    """Measure posting by itself, in a large book, and behind everything that a request goes through."""
    rows = _posting()
    with servers.shared("bench", settings=SERVER) as shared:
        with database(shared, "large"):
            rows += growing.rows(shared)
        with database(shared, "confirming"):
            rows += confirming.rows()
    return rows


def _posting() -> list[Row]:
    """Measure posting: one by one, all on one account, and in batches."""
    lay_yardstick()
    book.open_accounts()
    one, many, unbounded, striped, one_ratio, many_ratio, latencies = (list[float]() for _ in range(7))
    for _ in range(ROUNDS):
        yardstick = pgbench("yardstick_one.pgb", clients=8, seconds=book.SECONDS)
        posted, waited = book.race(book.post_one, processes=8)
        one.append(posted / book.SECONDS)
        one_ratio.append(one[-1] / yardstick)
        latencies += waited
        for verb, ratios in ((book.post_hot_unbounded, unbounded), (book.post_hot_striped, striped)):
            posted, _ = book.race(verb, processes=8)
            ratios.append(posted / book.SECONDS / one[-1])
        yardstick = pgbench("yardstick_batch.pgb", clients=4, seconds=book.SECONDS) * 100
        posted, _ = book.race(book.post_batch, processes=2)
        many.append(posted / book.SECONDS)
        many_ratio.append(many[-1] / yardstick)
    return [
        row("post_one", one_ratio, "× yardstick", at_least=0.35),
        row("post_one_rate", one, "entries/s"),
        *percentiles("post_one", latencies),
        row("post_hot_unbounded", unbounded, "× post_one", at_least=0.95),
        row("post_hot_striped", striped, "× post_one", at_least=0.75),
        row("post_many", many_ratio, "× yardstick", at_least=0.50),
        row("post_many_rate", many, "entries/s"),
        row("round_trips_one", [book.round_trips(book.post_one)], "statements", at_most=1),
        row("round_trips_many", [book.round_trips(book.post_batch)], "statements", at_most=1),
        row("bytes_per_entry", [_bytes_per_entry()], "bytes", at_most=700),
    ]


def _bytes_per_entry() -> float:
    """Measure what stays for ever of an entry with one posting: indexes, its leaf and its tile included."""
    with closing(book.connected()) as conn:
        book.seal_all(conn)
    with closing(book.owning()) as owner:
        owner.execute("vacuum ledger.tile")  # which is written again with every entry that comes to it
        found = owner.execute(
            """
            select (pg_total_relation_size('ledger.entry') + pg_total_relation_size('ledger.posting')
                    + pg_total_relation_size('ledger.leaf') + pg_total_relation_size('ledger.snapshot')
                    + pg_total_relation_size('ledger.tile'))::float / count(*)
              from ledger.entry
            """
        ).fetchone()
    assert found
    return float(found[0])
