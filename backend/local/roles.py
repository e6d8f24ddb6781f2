"""The roles of the database, and the address of each that may log in."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from backend.local import memory
from backend.local.voice import Trouble

OWNER, APP, AUDITOR = ROLES = ("lv_owner", "lv_app", "lv_auditor")
KEEPER = "lv_ledger"
"""What the ledger's posting functions run as. Nobody logs in as it; the owner may give it functions."""


@dataclass(frozen=True)
class Database:
    """One database, as each of those who may enter it addresses it."""

    name: str
    admin_url: str
    owner_url: str
    app_url: str
    auditor_url: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the platform's processes; the administrator is not in it."""
        return {
            "DATABASE_URL": self.app_url,
            "DATABASE_OWNER_URL": self.owner_url,
            "DATABASE_AUDITOR_URL": self.auditor_url,
        }


def prepare(admin_url: str, home: Path) -> dict[str, str]:
    """Make the roles or set their passwords, which this home remembers, and return those.

    :raises Trouble: the administrator may not, or a role has rights that row security does not bind
    """
    known = memory.remembered(home).get("passwords", {})
    passwords = {role: known.get(role) or secrets.token_urlsafe(24) for role in ROLES}
    memory.remember(home, passwords=passwords)
    try:
        with psycopg.connect(admin_url, connect_timeout=10) as admin:
            admin.execute("select pg_advisory_xact_lock(hashtext('lvzhang roles'))")
            for role, password in passwords.items():
                _ensure(admin, role, sql.SQL("login noinherit password {}").format(sql.Literal(password)))
            _ensure(admin, KEEPER, sql.SQL("nologin"))
            admin.execute("grant lv_ledger to lv_owner")
            # An administrator without all rights may give a database only to a role that he is a member of.
            admin.execute("grant lv_owner to current_user")
    except psycopg.Error as error:
        raise Trouble(
            f"The database's administrator cannot prepare the roles: {str(error).strip()}"
        ) from error
    return passwords


def _ensure(admin: psycopg.Connection, role: str, rights: sql.Composable) -> None:
    found = admin.execute(
        "select rolsuper or rolbypassrls from pg_roles where rolname = %s", [role]
    ).fetchone()
    if found and found[0]:
        raise Trouble(f"The role {role} is above row security: take SUPERUSER and BYPASSRLS from it.")
    verb = sql.SQL("alter role {} {}" if found else "create role {} {}")
    admin.execute(verb.format(sql.Identifier(role), rights))


def create(
    admin_url: str, passwords: Mapping[str, str], name: str, *, template: str = "template0"
) -> Database:
    """Create a database that belongs to the owner; the others may only enter it.

    :raises psycopg.errors.DuplicateDatabase: there is one of this name
    """
    this = sql.Identifier(name)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} owner lv_owner template {} encoding 'UTF8' locale 'C'").format(
                this, sql.Identifier(template)
            )
        )
        admin.execute(sql.SQL("revoke all on database {} from public").format(this))
        admin.execute(sql.SQL("grant connect on database {} to lv_app, lv_auditor").format(this))
    made = addresses(admin_url, passwords, name)
    if template == "template0":
        # It is pg_database_owner's, which an owner who inherits nothing has no part in before PostgreSQL 16.
        with psycopg.connect(made.admin_url) as admin:
            admin.execute("grant create, usage on schema public to lv_owner")
    return made


def drop(admin_url: str, name: str) -> None:
    """Drop a database, whoever is still in it."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def names(admin_url: str) -> set[str]:
    """List the databases of a server."""
    with psycopg.connect(admin_url) as admin:
        return {name for (name,) in admin.execute("select datname from pg_database")}


def addresses(admin_url: str, passwords: Mapping[str, str], name: str) -> Database:
    """Write down the addresses of a database."""
    there = urlsplit(admin_url)._replace(path=f"/{name}")
    host = there.netloc.rpartition("@")[2]
    owner, app, auditor = (
        urlunsplit(there._replace(netloc=f"{role}:{passwords[role]}@{host}")) for role in ROLES
    )
    return Database(name=name, admin_url=urlunsplit(there), owner_url=owner, app_url=app, auditor_url=auditor)
