"""A log in memory, grown as the ledger grows one, and what it hands out."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.seal import tree
from ledger.seal.note import Signer, note
from ledger.verify import (
    PROOF,
    SALT_BYTES,
    TILE_WIDTH,
    Checkpoint,
    commitment,
    in_base64,
    leaf_hash,
    tile_path,
    widths,
)

ORIGIN = "city.example/log/330110"
SALT = bytes(range(SALT_BYTES))
LOG = Signer(ORIGIN, sha256(b"a log").digest())
BUREAU = Signer("bureau.example/witness", sha256(b"a bureau").digest())
OFFICE = Signer("audit.example/witness", sha256(b"an audit office").digest())


def a_fact(number: int) -> dict[str, Any]:
    """Say something that a log may hold."""
    return {"id": f"018f0000-0000-7000-8000-{number:012}", "kind": "test", "facts": {"grams": 2**63 - number}}


@dataclass
class Grown:
    """A log of so many facts."""

    leaves: list[bytes] = field(default_factory=list)
    tiles: dict[tree.Tile, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.leaves)

    def add(self, *leaves: bytes) -> None:
        """Put leaves behind the last one."""
        edge = {tile: self.tiles[tile] for tile in tree.right_edge(self.size)}
        self.tiles |= tree.grown(self.size, edge, [leaf_hash(leaf) for leaf in leaves])
        self.leaves += leaves

    def hashes(self, ranges: list[tree.Range]) -> list[bytes]:
        """Compute hashes from those tiles alone that they need, small ones alike."""
        found = tree.hashes_of(ranges, {tile: self.tiles[tile] for tile in tree.tiles_for(ranges)})
        small = {tile: self.small(tile) for tile in tree.tiles_for(ranges, tall=tree.SMALL)}
        assert tree.hashes_of(ranges, small, tall=tree.SMALL) == found
        return found

    def small(self, tile: tree.Tile) -> bytes:
        """Cut a small tile out of a tile, or take what is halfway up in one."""
        level, odd = divmod(tile.level, 2)
        if odd:
            return tree.halfway(self.tiles[tree.Tile(level, tile.number)])
        number, place = divmod(tile.number, 16)
        return self.tiles[tree.Tile(level, number)][place * 512 :][:512]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Say what the log is, or was."""
        size = self.size if size is None else size
        return Checkpoint(ORIGIN, size, self.hashes(tree.whole(size))[0])

    def note(self, size: int | None = None, *lines: str) -> str:
        """Sign that."""
        checkpoint = self.checkpoint(size)
        return note(checkpoint, [LOG.sign(checkpoint), *lines])

    def proof(self, index: int, *lines: str) -> str:
        """Prove what stands at one position."""
        path = self.hashes(tree.inclusion(index, self.size))
        return "\n".join([PROOF, f"index {index}", *map(in_base64, path), "", self.note(None, *lines)])

    def receipt(self, index: int, *lines: str) -> dict[str, Any]:
        """Hand out a receipt for the fact at one position."""
        return {"entry": a_fact(index), "salt": in_base64(SALT), "proof": self.proof(index, *lines)}

    def pair(self, old: int) -> dict[str, Any]:
        """Hand out two checkpoints with what joins them."""
        path = self.hashes(tree.consistency(old, self.size))
        return {"old": self.note(old), "new": self.note(), "path": [*map(in_base64, path)]}

    def write(self, folder: Path) -> None:
        """Lay the log down as files, as it would be served."""
        (folder / "checkpoint").write_text(self.note())
        for tile, hashes in self.tiles.items():
            _write(folder / tile_path(tile.level, tile.number, len(hashes) // 32), hashes)
        for number, width in widths(self.size):
            leaves = self.leaves[number * TILE_WIDTH :][:width]
            packed = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
            _write(folder / tile_path("entries", number, width), packed)


def a_log(size: int, *, at_once: int = 100) -> Grown:
    """Grow a log of facts, some at a time."""
    grown = Grown()
    for first in range(0, size, at_once):
        facts = range(first, min(first + at_once, size))
        grown.add(*(commitment(SALT, a_fact(number)) for number in facts))
    return grown


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
