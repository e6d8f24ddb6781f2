"""The smallest possible posting, written by hand in SQL: what everything else is measured against."""

import os
import re
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg

from backend.local import programs

HERE = Path(__file__).parent


def lay_yardstick() -> None:
    """Lay the yardstick in a schema of its own: its tables have everybody's names."""
    with closing(psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)) as owner:
        owner.execute("create schema yardstick")
    _run_program("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(HERE / "yardstick.sql"))


def pgbench(script: str, *, clients: int, seconds: int) -> float:
    """Run one of the yardstick's scripts; return its transactions a second."""
    options = ("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds))
    told = _run_program("pgbench", *options, "-f", str(HERE / script))
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found[1])


def _run_program(name: str, *options: str) -> str:
    return subprocess.run(  # noqa: S603 - a program of PostgreSQL's, and our own words
        [programs.postgres() / name, *options, os.environ["DATABASE_OWNER_URL"]],
        env={**os.environ, "PGOPTIONS": "-c search_path=yardstick"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
