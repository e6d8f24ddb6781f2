"""What the database refuses by itself: to the app, to the owner, and across books."""

from contextlib import closing

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from ledger import balance, post, post_many
from ledger.store.install import APPEND_ONLY, TABLES
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, a_move, an_award, an_entry, word_of

WALL = """
alter table ledger.{table} enable row level security;
alter table ledger.{table} force row level security;
create policy wall on ledger.{table} for all to public
    using (book = any (
        (select string_to_array(nullif(current_setting('test.books', true), ''), ','))::text[]
    ));
"""

REWRITINGS = ["update {} set book = book", "delete from {}", "truncate {} cascade"]


@pytest.mark.parametrize("rewriting", REWRITINGS)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_owner_rewrites_nothing(owner, conn, book, table, rewriting):
    post(conn, an_award(book, ALICE, 1))

    with pytest.raises(psycopg.errors.RestrictViolation, match="a correction is a new entry"):
        owner.execute(SQL(rewriting).format(Identifier("ledger", table)))


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_session_that_plays_a_replica_rewrites_nothing(alone, rewriting):
    with closing(psycopg.connect(alone.admin_url, autocommit=True)) as admin:
        admin.execute("set session_replication_role = replica")
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(SQL(rewriting).format(SQL("ledger.posting")))


@pytest.mark.parametrize("rewriting", [*REWRITINGS, "insert into {} default values"])
@pytest.mark.parametrize("table", TABLES)
def test_the_app_writes_no_table(conn, table, rewriting):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute(SQL(rewriting).format(Identifier("ledger", table)))


@pytest.mark.parametrize("verb", ["post", "adopt"])
def test_the_auditor_calls_nothing_that_writes(alone, verb):
    with closing(psycopg.connect(alone.auditor_url)) as auditor:
        allowed = auditor.execute(
            "select bool_or(has_function_privilege(p.oid, 'execute')) from pg_proc p"
            " where p.pronamespace = 'ledger'::regnamespace and p.proname = %s",
            (verb,),
        ).fetchone()
    assert allowed == (False,)


@pytest.mark.parametrize(
    "verb", ["attempt", "decide", "spread_all", "write_lots", "open_accounts", "unopen_accounts"]
)
def test_the_inner_functions_are_nobody_elses(conn, verb):
    allowed = conn.execute(
        "select bool_or(has_function_privilege(p.oid, 'execute')) from pg_proc p"
        " where p.pronamespace = 'ledger'::regnamespace and p.proname = %s",
        (verb,),
    ).fetchone()
    assert allowed == (False,)


def test_a_posting_that_moves_nothing_is_no_row(owner, conn, book):
    post(conn, an_award(book, ALICE, 1))
    for change, constraint in [("0, 1, 2", "amount"), ("1, 1, 1", "posting_moves")]:
        with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
            owner.execute(
                SQL(
                    "insert into ledger.posting (amount, source, target, no, entry, book, asset)"
                    " values ({}, 1, gen_random_uuid(), 'x', 'x')"
                ).format(SQL(change))
            )


def test_behind_walls_a_book_is_posted_to_only_by_those_who_see_it(alone, conn, owner):
    ours, theirs = a_book(conn), a_book(conn)
    post(conn, an_award(theirs, ALICE, 5))
    owner.autocommit = False
    try:
        for table in TABLES:
            owner.execute(SQL(WALL).format(table=Identifier(table)))
        owner.execute("select set_config('test.books', %s, true)", (ours,))

        assert word_of(post(owner, an_award(ours, ALICE, 5))) == "posted"
        assert word_of(post(owner, an_entry(ours, a_move(ALICE, BOB, 5)))) == "posted"
        assert balance(owner, ours, BOB, "GREEN").posted == 5
        assert word_of(post(owner, an_award(theirs, BOB, 5))) == "unknown_account"
        assert owner.execute("select count(*) from ledger.entry where book <> %s", (ours,)).fetchone() == (0,)
    finally:
        owner.rollback()


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_however_many_are_posted_it_is_one_statement(conn, book, statements, size):
    entries = [an_award(book, ALICE, 1) for _ in range(size)]
    statements.clear()

    if size == 1:
        post(conn, entries[0])
    else:
        post_many(conn, entries)

    assert len(statements) == 1
