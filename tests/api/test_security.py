"""The page on security promises nothing without a test, and forgets no item of the list."""

import re

from backend import cli

PAGE = (cli.API_DOCS / "guides" / "security.md").read_text()


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)

    assert len(named) > 20
    assert [name for name in named if not (cli.API_DOCS.parent / name).exists()] == []


def test_every_item_of_the_ten_is_covered_or_said_to_be_missing():
    assert {f"API{nth}" for nth in range(1, 11)} <= set(re.findall(r"\bAPI[0-9]+\b", PAGE))


def test_every_row_of_what_is_covered_names_its_test():
    covered = PAGE.split("## What is not covered")[0]
    rows = [
        line for line in covered.splitlines() if line.startswith(("| API", "| 1", "| 2", "| 6", "| 7", "| 8"))
    ]

    assert len(rows) > 15
    assert all("`tests/" in row for row in rows)
