"""Measure, print a table, and keep it in `bench/out/`: `python -m bench [TOPIC …]`."""

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from backend.local import servers
from bench.database import SERVER, database
from bench.row import Row

HERE = Path(__file__).parent
TOPICS = ("http", "ledger", "proof", "simulation")


def show(topic: str, rows: Sequence[Row]) -> None:
    """Print a topic's table."""
    width = max([len(row.name) for row in rows], default=0)
    print(f"\n{topic}")
    for row in rows:
        verdict = {None: "", True: "holds", False: "DOES NOT HOLD"}[row.holds]
        spread = f"{row.low:,.4g} to {row.high:,.4g}"
        cells = (
            f"{row.name:<{width}}",
            f"{row.value:>10,.4g} {row.unit:<10}",
            f"{spread:<22}",
            row.bound or "",
        )
        print(" ", "  ".join((*cells, verdict)))


def keep(topic: str, rows: Sequence[Row]) -> None:
    """Write a topic's rows down."""
    out = HERE / "out"
    out.mkdir(exist_ok=True)
    text = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2)
    (out / f"{topic}.json").write_text(f"{text}\n")


def main(wished: Sequence[str]) -> None:
    """Measure the wished topics, or all."""
    unknown = set(wished) - set(TOPICS)
    if unknown:
        sys.exit(f"There is no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}.")
    with servers.shared("bench", settings=SERVER) as shared:
        for topic in wished or TOPICS:
            with database(shared, topic):
                rows = import_module(f"bench.{topic}").main()
            show(topic, rows)
            keep(topic, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
