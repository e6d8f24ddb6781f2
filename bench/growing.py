"""One entry a commit in a large book against the same in a small one, side by side on one server.

LV_BENCH_ENTRIES says how large; the bound is for 10,000,000 against 100,000.
"""

import os

from backend.local.servers import Shared
from bench import book
from bench.database import database
from bench.row import Row, row

LARGE = int(os.environ.get("LV_BENCH_ENTRIES", "1000000"))
ROUNDS = 5


def rows(shared: Shared) -> list[Row]:
    """Fill the database at hand, and measure it against one with the accounts and little else."""
    fill(LARGE)
    large = dict(os.environ)
    with database(shared, "small"):
        fill(0)
        return compare(dict(os.environ), large)


def fill(entries: int) -> None:
    """Open 100,000 accounts, each by an entry, and go on to so many entries."""
    book.open_accounts()
    book.fill(entries)


def compare(small: dict[str, str], large: dict[str, str]) -> list[Row]:
    """Post to one and then to the other, again and again."""
    ratios = []
    for _ in range(ROUNDS):
        rates = []
        for variables in (small, large):
            os.environ.update(variables)
            posted, _ = book.race(book.post_one, processes=8)
            rates.append(posted / book.SECONDS)
        ratios.append(rates[1] / rates[0])
    return [
        row("growth", ratios, "× small", at_least=0.85),
        row("growth_entries", [LARGE], "entries"),
    ]
