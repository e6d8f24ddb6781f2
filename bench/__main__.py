"""Measure, print a table, and keep it in `bench/out/`: `python -m bench [TOPIC …]`."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from backend import migrations
from backend.local import roles, servers
from backend.local.servers import Shared
from bench.row import Row

HERE = Path(__file__).parent
NOT_TOPICS = {"__main__", "row"}
KEY = "bWVhc3VyZW1lbnRzIHNlYWwgbm90aGluZyBvZiB2YWw="


def topics() -> list[str]:
    """List what can be measured."""
    return [module.name for module in iter_modules([str(HERE)]) if module.name not in NOT_TOPICS]


@contextmanager
def database(shared: Shared, topic: str) -> Iterator[None]:
    """Give a topic a migrated database of its own, named by the environment."""
    name = f"bench_{topic}_{os.getpid()}"
    made = roles.create(shared.admin_url, shared.passwords, name)
    os.environ.update(made.variables, REDIS_URL=shared.redis_url, LV_ENVIRONMENT="test", LV_MASTER_KEY=KEY)
    try:
        migrations.upgrade(made.owner_url)
        yield
    finally:
        roles.drop(shared.admin_url, name)


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
    unknown = set(wished) - set(topics())
    if unknown:
        sys.exit(f"There is no topic {', '.join(sorted(unknown))}; there are {', '.join(topics())}.")
    with servers.shared("bench") as shared:
        for topic in wished or topics():
            with database(shared, topic):
                rows = import_module(f"bench.{topic}").main()
            show(topic, rows)
            keep(topic, rows)


if __name__ == "__main__":
    main(sys.argv[1:])
