"""Bytes in, bytes out: how a log grows and signs. What checks it stands alone, in `ledger.verify`."""
