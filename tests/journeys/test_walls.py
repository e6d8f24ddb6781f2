"""What the database itself refuses, whatever a query forgets."""

import psycopg
import pytest
from psycopg import errors, sql

from tests.journeys.conftest import quoted

APPEND_ONLY = ("entry", "posting", "hold_event", "leaf", "snapshot", "status_change", "audited")


@pytest.fixture
def posted(city):
    """A bag that was posted, so that there is something to change."""
    bag = quoted(city, city.zhang())
    bag.resident.post(f"{bag.path}/confirmation", status=201)
    return bag


def district_tables(conn):
    """List the tables that carry a district or a book, with what row security says of them."""
    return conn.execute(
        """
        select n.nspname, c.relname, a.attname, c.relrowsecurity and c.relforcerowsecurity
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          join pg_index i on i.indrelid = c.oid and i.indisprimary
          join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where c.relkind = 'r' and n.nspname in ('public', 'ledger') and a.attname in ('district', 'book')
         order by 1, 2
        """
    ).fetchall()


def seen(conn, schema, table):
    query = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
    return conn.execute(query).fetchone()[0]


def see(conn, districts):
    conn.execute("select set_config('lv.districts', %s, true)", (districts,))


def test_a_query_without_its_district_returns_nothing(posted, database):
    with psycopg.connect(database.app_url) as conn:
        tables = district_tables(conn)
        assert len(tables) >= 20
        assert all(walled for *_, walled in tables)
        see(conn, "330110")
        full = [(schema, table) for schema, table, *_ in tables if seen(conn, schema, table)]
        assert {("public", "weighing"), ("public", "scale"), ("ledger", "entry")} <= set(full)
        for districts in ("330106", "", ","):
            see(conn, districts)
            assert not any(seen(conn, schema, table) for schema, table in full)


def test_the_owner_stands_before_the_same_walls(posted, database):
    with psycopg.connect(database.owner_url) as conn:
        assert not any(seen(conn, schema, table) for schema, table, *_ in district_tables(conn))


def test_nothing_is_written_into_another_district(posted, database):
    with psycopg.connect(database.app_url) as conn:
        see(conn, "330106")
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(
                "insert into coverage (district, community, operator)"
                " select '330110', code, (select id from operator)"
                " from division where kind = 'community' limit 1"
            )


@pytest.mark.parametrize("role", ["app_url", "owner_url"])
def test_the_ledger_is_never_changed(posted, database, role):
    for table in APPEND_ONLY:
        for change in ("update {} set book = book", "delete from {}", "truncate {} cascade"):
            with psycopg.connect(getattr(database, role)) as conn:
                see(conn, "330110")
                with pytest.raises(psycopg.Error):
                    conn.execute(change.format(f"ledger.{table}"))
