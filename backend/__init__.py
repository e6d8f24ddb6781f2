"""Lvzhang, the platform: rooms cut by capability, on a ledger that knows nobody."""
