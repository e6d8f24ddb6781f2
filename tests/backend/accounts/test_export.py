"""A district's book for outsiders, by the command and on real commits."""

import pytest
from beancount import loader
from click.testing import CliRunner

from backend import cli
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.makers import NOON, XIHU, YUHANG, a_community, some_points


@pytest.fixture(autouse=True)
def two_books(database):
    """Two districts have given points."""
    for district, points in ((YUHANG, 292), (XIHU, 60)):
        with transaction(districts=[district]) as db:
            a_community(db, district)
            some_points(db, new_id(NOON), points, district=district)


def exported(*arguments: str, district: str = YUHANG) -> str:
    done = CliRunner().invoke(cli.cli, ["export", "--district", district, *arguments])
    assert not done.exit_code, done.output
    return done.output


def test_beancount_finds_a_district_in_order(tmp_path):
    assert exported("--format", "beancount", "--out", str(tmp_path / "book")) == ""
    journal = (tmp_path / "book").read_text()

    _, errors, _ = loader.load_string(journal)

    assert errors == []
    assert "292 GREEN" in journal
    assert "60 GREEN" not in journal


@pytest.mark.parametrize(("form", "says"), [("hledger", '  292 "GREEN"'), ("csv", ",GREEN,292")])
def test_the_screen_takes_what_no_file_does(form, says):
    assert says in exported("--format", form)


def test_nobody_else_has_a_book():
    done = CliRunner().invoke(cli.cli, ["export", "--district", "999999", "--format", "csv"])

    assert done.exit_code == 1
    assert "There is no district 999999." in done.output
