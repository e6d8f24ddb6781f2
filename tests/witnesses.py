"""Witnesses on this machine, who sign the checkpoints of a district's log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from backend.accounts.witnesses import Witness
from ledger import witness
from ledger.verify import Key


@contextmanager
def answering(name: str, folder: Path, logs: Sequence[Key]) -> Iterator[Witness]:
    """Let a witness of these logs answer, and return its key and address as the settings have them."""
    remembering = witness.Witness(name, folder / name, logs)
    with witness.Server("127.0.0.1", 0, remembering) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Witness(remembering.signer.witness_key(), f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
