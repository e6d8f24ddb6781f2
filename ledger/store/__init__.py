"""The ledger in PostgreSQL 15 or later: tables, triggers and functions in the schema `ledger`."""

from ledger.store.install import grant, install

__all__ = ["grant", "install"]
