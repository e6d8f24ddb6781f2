"""Canonical bytes, for fingerprints and leaves alike: those that `ledger.verify` spells."""

from ledger.verify import canonical, digest

__all__ = ["canonical", "digest"]
