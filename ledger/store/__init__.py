"""The ledger in PostgreSQL 15 or later: tables, triggers and functions in the schema `ledger`."""

from ledger.store.install import entrust, grant, install

__all__ = ["entrust", "grant", "install"]
