"""What households had elsewhere, opened by the command and on real commits: all of it once, or nothing."""

from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner

from backend import cli
from backend.accounts import audit, queries
from backend.accounts.chart import green, merchant_green, owed
from backend.accounts.service import open_book
from backend.identity import service as identity
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.makers import NOON, XIHU, YUHANG, a_community

HEAD = "account,asset,balance"


@pytest.fixture
def homes(database) -> list[UUID]:
    """Three households in Yuhang, whose book is open."""
    with transaction(districts=[YUHANG]) as db:
        community = a_community(db)
        open_book(db, YUHANG)
        return [
            identity.open_household(db, community=community, address="示范路1号（虚构）", at=NOON).id
            for _ in range(3)
        ]


@pytest.fixture
def a_table(tmp_path):
    """Write a table and import it; answer with the exit code and what was said."""

    def run(*lines: str, options: tuple[str, ...] = (), district: str = YUHANG) -> tuple[int, str]:
        file = tmp_path / "balances.csv"
        file.write_text("\n".join([HEAD, *lines]), encoding="utf-8-sig")
        done = CliRunner().invoke(
            cli.cli, ["import", str(file), "--district", district, "--from", "old-app", *options]
        )
        return done.exit_code, done.output

    return run


def has(household: UUID) -> tuple[int, int]:
    with transaction(districts=[YUHANG], read_only=True) as db:
        found = queries.household_balances(db, YUHANG, household)
    return found.green.posted, found.carbon.posted


def test_what_households_had_is_theirs_once_and_backed(database, homes, a_table):
    alice, bob, _ = homes
    lines = (f"{green(alice)},GREEN,292", f"household/{alice}/co2e,CO2E,1844", f"{green(bob)},GREEN,60")

    assert a_table(*lines) == (
        0,
        "co2e CO2E                   1,844\n"
        "fund FEN                      352\n"
        "green GREEN                   352\n"
        "Balances opened: 3; open before: 0.\n",
    )
    again, said = a_table(*reversed(lines))

    assert again == 0
    assert "Balances opened: 0; open before: 3." in said
    assert [has(home) for home in homes] == [(292, 1844), (60, 0), (0, 0)]
    heard: list[str] = []
    assert audit.run(database.auditor_url, say=heard.append), heard


def test_a_dry_run_says_what_would_be_posted_and_posts_nothing(homes, a_table):
    code, said = a_table(f"{green(homes[0])},GREEN,292", options=("--dry-run",))

    assert code == 0
    assert "green GREEN                   292" in said
    assert "Balances to open: 1; open before: 0." in said
    assert has(homes[0]) == (0, 0)


def test_one_wrong_line_opens_nothing(homes, a_table):
    alice, bob, carol = homes
    stranger = new_id(NOON)
    code, said = a_table(
        f"{green(alice)},GREEN,292",
        f"{green(alice)},GREEN,5",
        f"{green(bob)},GREEN,much",
        f"{green(stranger)},GREEN,5",
        f"{merchant_green(alice)},GREEN,5",
        f"{green(bob)},CO2E,5",
        "fund,FEN,5",
        f"{owed(carol)},GREEN,-5",
        f"{green(bob).upper()},GREEN,5",
    )

    assert code == 1
    assert said.splitlines() == [
        f"line 3: {green(alice)} GREEN stands in line 2 too",
        "line 4: the balance 'much' is no whole number of 64 bits",
        f"line 5: there is no household {stranger} in {YUHANG}",
        f"line 6: {merchant_green(alice)} GREEN is no account of a household",
        f"line 7: {green(bob)} CO2E is no account of a household",
        "line 8: fund FEN is no account of a household",
        f"line 9: {owed(carol)} cannot have -5",
        f"line 10: {green(bob).upper()} GREEN is no account of a household",
        "Balances opened: 0; open before: 0.",
    ]
    assert has(alice) == (0, 0)


def test_another_balance_for_the_same_account_is_refused_before_anything_is_posted(homes, a_table):
    alice, bob, _ = homes
    a_table(f"{green(alice)},GREEN,292")

    code, said = a_table(f"{green(bob)},GREEN,60", f"{green(alice)},GREEN,293")

    assert code == 1
    assert "line 3: this account was opened with another balance before" in said
    assert has(bob) == (0, 0)


def test_a_sum_that_would_not_fit_is_refused_by_line(homes, a_table):
    largest = 2**63 - 1
    code, said = a_table(f"{green(homes[0])},GREEN,{largest}", f"{green(homes[1])},GREEN,1")

    assert code == 1
    assert "line 3: The account's balance would not fit in 64 bits. (fund)" in said


def test_a_table_of_many_goes_on_where_it_broke_off(homes, a_table, monkeypatch):
    monkeypatch.setattr("backend.accounts.opening.BATCH", 2)
    lines = [f"{green(home)},GREEN,{nth + 1}" for nth, home in enumerate(homes)]
    a_table(*lines[:2])

    code, said = a_table(*lines)

    assert code == 0
    assert "Balances opened: 1; open before: 2." in said
    assert [has(home)[0] for home in homes] == [1, 2, 3]


def test_a_household_lives_in_its_district(homes, a_table):
    with transaction(districts=[XIHU]) as db:
        a_community(db, XIHU)

    code, said = a_table(f"{green(homes[0])},GREEN,5", district=XIHU)

    assert code == 1
    assert f"there is no household {homes[0]} in {XIHU}" in said


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"\xff\xfe", (), "The file is not UTF-8."),
        (b"a;b", (), "line 1: the first line says account,asset,balance"),
        (b"account,asset,balance\n", ("--from", "old app"), "Name the system"),
        (b"account,asset,balance\n", ("--district", "999999"), "there is no district 999999"),
    ],
)
def test_what_cannot_be_imported_says_why(database, tmp_path, content, options, words):
    file = tmp_path / "balances.csv"
    file.write_bytes(content)
    arguments: Any = ["import", str(file), "--district", YUHANG, "--from", "old-app", *options]

    done = CliRunner().invoke(cli.cli, arguments)

    assert done.exit_code
    assert words in done.output
