"""Signing as C2SP `signed-note` and `tlog-cosignature` have it: a log's checkpoints, a witness's word."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.verify import LOG, WITNESS, Checkpoint, Key, cosigned, in_base64

SEED_BYTES = 32


@dataclass(frozen=True)
class Signer:
    """Whoever signs under a name; the seed is the secret."""

    name: str
    seed: bytes

    @classmethod
    def new(cls, name: str) -> "Signer":
        """Make one with a seed of its own."""
        return cls(name, secrets.token_bytes(SEED_BYTES))

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    def log_key(self) -> Key:
        """Return what verifies its checkpoints."""
        return Key(self.name, LOG, self._private().public_key().public_bytes_raw())

    def witness_key(self) -> Key:
        """Return what verifies its cosignatures."""
        return Key(self.name, WITNESS, self._private().public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> str:
        """Sign a checkpoint as its log, with one line."""
        return self._line(self.log_key(), self._private().sign(checkpoint.text.encode()))

    def cosign(self, checkpoint: Checkpoint, *, at: datetime) -> str:
        """Sign a checkpoint as a witness who has seen it now, with one line."""
        seconds = int(at.timestamp())
        signature = self._private().sign(cosigned(checkpoint.text.encode(), seconds))
        return self._line(self.witness_key(), seconds.to_bytes(8, "big") + signature)

    def _line(self, key: Key, signature: bytes) -> str:
        return line(self.name, key.id, signature)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def note(checkpoint: Checkpoint, lines: Sequence[str]) -> str:
    """Write a checkpoint with its signatures."""
    return f"{checkpoint.text}\n{''.join(lines)}"


def line(name: str, key_id: bytes, signature: bytes) -> str:
    """Write a signature as a line of a note."""
    return f"— {name} {in_base64(key_id + signature)}\n"
