"""What the walls leave of posting: the ledger's functions run as a role that some of them let past."""

from contextlib import closing
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from ledger import AccountClass, Entry, Posting, Reserve, adopt, post
from tests.ledger.makers import word_of
from tests.makers import NOON, XIHU, YUHANG

ISSUED, HOUSEHOLD = "green/issued", "household/a/green"
CHART = (
    AccountClass(pattern="household/*/green", asset="GREEN", owner="household", bounded=True),
    AccountClass(pattern=ISSUED, asset="GREEN", owner="district", bounded=False),
)


def an_entry(**said):
    return Entry(
        id=uuid4(), key=f"test/{uuid4()}", book=YUHANG, kind=said.pop("kind", "test"), at=NOON, **said
    )


def a_posting(amount):
    return Posting(source=ISSUED, target=HOUSEHOLD, asset="GREEN", amount=amount)


@pytest.fixture
def outside(database):
    """The app, which sees another district than the one in whose book something is held."""
    with closing(psycopg.connect(database.app_url, autocommit=True)) as conn:
        conn.execute("select set_config('lv.districts', %s, false)", (YUHANG,))
        adopt(conn, YUHANG, CHART)
        post(conn, an_entry(postings=(a_posting(5), a_posting(2))))
        conn.execute("select set_config('lv.districts', %s, false)", (XIHU,))
        yield conn


@pytest.mark.parametrize("postings", [(a_posting(1),), (a_posting(1), a_posting(2))])
def test_the_accounts_of_another_district_are_unknown(outside, postings):
    assert word_of(post(outside, an_entry(postings=postings))) == "unknown_account"


def test_the_holds_of_another_district_are_unknown(outside):
    hold = uuid4()
    outside.execute("select set_config('lv.districts', %s, false)", (YUHANG,))
    held = an_entry(reserves=(Reserve(hold=hold, account=HOUSEHOLD, asset="GREEN", amount=3),))
    assert word_of(post(outside, held)) == "posted"
    outside.execute("select set_config('lv.districts', %s, false)", (XIHU,))

    assert word_of(post(outside, an_entry(releases=(hold,)))) == "unknown_hold"


def test_an_entry_without_accounts_stops_at_the_wall(outside):
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        post(outside, an_entry(kind="erasure"))


def test_nobody_logs_in_as_the_ledgers_keeper_and_the_owner_does_not_see_what_it_sees(database):
    with closing(psycopg.connect(database.owner_url)) as owner:
        asked = owner.execute(
            "select rolcanlogin, rolsuper or rolbypassrls, pg_has_role('lv_owner', oid, 'usage')"
            "  from pg_roles where rolname = 'lv_ledger'"
        ).fetchone()

    assert asked == (False, False, False)
