"""The page on security promises nothing without a test, and forgets no item of the list."""

import re

from backend import cli

PAGE = (cli.API_DOCS / "guides" / "security.md").read_text()

REQUIREMENTS = """
1: 2 10 12 3 3; 2: 3 3 5 2; 3: 1 3 5 8 8 1 5; 4: 5 5 2 4; 5: 1 6 3 3; 6: 3 12 8 6 8 4 2 4;
7: 3 4 2 5 3 2; 8: 4 4 3 2; 9: 3 4; 10: 2 3 5 16 5 2 3; 11: 4 5 5 4 2 2 2; 12: 5 2 5;
13: 4 6 4 7; 14: 2 8 3; 15: 5 5 7 4; 16: 1 5 4 3 4; 17: 2 8 2
"""
"""How many requirements each section of ASVS 5.0.0 has, chapter by chapter."""


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


def known() -> set[str]:
    """Return the numbers of ASVS 5.0.0: its chapters, sections and requirements."""
    numbers = set()
    for line in REQUIREMENTS.replace("\n", " ").split(";"):
        chapter, sections = line.strip().split(": ")
        for section, count in enumerate(map(int, sections.split()), 1):
            numbers |= {f"{chapter}.{section}"} | {f"{chapter}.{section}.{nth + 1}" for nth in range(count)}
    return numbers


def test_every_number_is_one_of_the_standard():
    cited = set(re.findall(r"(?<![\w.])(\d+\.\d+(?:\.\d+)?)(?![\w.]*\d)", PAGE.split("## ASVS 5.0", 1)[1]))

    assert len(known()) == 80 + 345
    assert cited - known() == {"5.0", "5.0.0"}


def test_every_chapter_has_its_row():
    assert re.findall(r"^\| V(\d+) ", PAGE, flags=re.MULTILINE) == [str(nth) for nth in range(1, 18)]
