"""What the migrations leave behind is what the models say, behind the walls that the design asks for."""

import os
import subprocess
import sys

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, Table, create_engine

from backend import migrations
from backend.kit.db import Base, dialect
from backend.local import roles
from backend.local.places import ROOT
from backend.local.roles import Database
from backend.local.servers import Shared

TABLES = sorted(migrations.metadata().tables.values(), key=lambda table: table.name)
OF_DISTRICTS = [table for table in TABLES if "district" in table.primary_key.columns]
OF_THE_CITY = [table for table in TABLES if table not in OF_DISTRICTS]


def test_models_and_migrations_do_not_drift(standing_database: Database) -> None:
    engine = create_engine(dialect(standing_database.owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), migrations.metadata())

    assert not differences, "\n".join(map(str, differences))


def test_two_releases_side_by_side_take_turns(shared_servers: Shared) -> None:
    admin_url, name = shared_servers.admin_url, f"test_{os.getpid()}_releases"
    database = roles.create(admin_url, shared_servers.passwords, name)

    release = f"from backend import migrations; migrations.upgrade({database.owner_url!r})"
    both = [subprocess.Popen([sys.executable, "-c", release], cwd=ROOT) for _ in range(2)]

    assert [one.wait(timeout=60) for one in both] == [0, 0]
    with psycopg.connect(database.app_url) as app:
        assert app.execute("select version_num from alembic_version").fetchall() == [(migrations.head(),)]
    roles.drop(admin_url, name)


@pytest.mark.parametrize("table", OF_DISTRICTS, ids=lambda table: table.name)
def test_a_table_of_a_district_stands_behind_its_wall(standing_database: Database, table: Table) -> None:
    with psycopg.connect(standing_database.owner_url) as owner:
        wall = owner.execute(
            "select relrowsecurity, relforcerowsecurity, "
            " (select count(*) from pg_policy where polrelid = c.oid)"
            "  from pg_class c where c.oid = %s::regclass",
            [table.fullname],
        ).fetchone()

    assert wall == (True, True, 1)
    assert next(iter(table.primary_key.columns)).name == "district"


@pytest.mark.parametrize("table", OF_DISTRICTS, ids=lambda table: table.name)
def test_a_reference_carries_its_district(table: Table) -> None:
    for reference in table.foreign_key_constraints:
        if reference.referred_table in OF_DISTRICTS:
            assert "district" in reference.column_keys


@pytest.mark.parametrize("table", OF_THE_CITY, ids=lambda table: table.name)
def test_a_register_of_the_city_says_so(table: Table) -> None:
    (model,) = (mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)

    assert "City register" in (model.__doc__ or "")


def test_the_platform_owns_nothing_and_nobody_is_above_the_walls(standing_database: Database) -> None:
    with psycopg.connect(standing_database.admin_url) as admin:
        owned = admin.execute(
            "select count(*) from pg_class where relowner in ('lv_app'::regrole, 'lv_auditor'::regrole)"
        ).fetchone()
        above = admin.execute(
            "select count(*) from pg_roles where rolname = any (%s) and (rolsuper or rolbypassrls)",
            [list(roles.ROLES)],
        ).fetchone()

    assert (owned, above) == ((0,), (0,))
