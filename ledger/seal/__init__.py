"""Bytes in, bytes out: what the ledger's content looks like when it is hashed."""
