"""The tree of RFC 6962 as C2SP `tlog-tiles` cuts it: how it grows, and which hashes make a proof.

A tile holds 256 neighbouring hashes of every eighth level, so that a proof in a log of any size needs a
handful of them. What is proven is a list of ranges of leaves; each is a row of whole subtrees, and each of
those stands in one tile.

Whoever also keeps what is halfway up in each tile has the tree in small tiles, of 16 neighbouring hashes of
every fourth level, and of these a proof takes a tenth of the hashing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from ledger.verify import HASH_BYTES, TILE_WIDTH, left_half, node_hash, tile_path, tree_hash

TILE_HEIGHT, SMALL = 8, 4

_NAME = re.compile(
    r"tile/(?P<level>entries|[0-7])/(?P<number>(x[0-9]{3}/){0,5}[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)

Range: TypeAlias = tuple[int, int]  # of leaves, from the first to the one after the last


class Tile(NamedTuple):
    """The place of a tile: level 0 holds the hashes of leaves."""

    level: int
    number: int


class Node(NamedTuple):
    """A whole subtree: of height 0 is a leaf."""

    height: int
    number: int

    def tile(self, tall: int) -> Tile:
        """Tell which tile holds its leaves, or the roots of whole tiles below that it is made of."""
        level, up = divmod(self.height, tall)
        return Tile(level, self.number >> tall - up)


def inclusion(index: int, size: int) -> list[Range]:
    """List what stands beside the way from a leaf up to the root, the leaf's neighbour first."""
    start, end, beside = 0, size, list[Range]()
    while end - start > 1:
        middle = start + left_half(end - start)
        if index < middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start = middle
    return beside[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """List what joins the root of the first `old` leaves with the root of `new`."""
    start, end, beside = 0, new, list[Range]()
    while 0 < old < end:
        middle = start + left_half(end - start)
        if old <= middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start = middle
    if start:
        beside.append((start, end))
    return beside[::-1]


def whole(size: int) -> list[Range]:
    """List the one range whose hash is the root."""
    return [(0, size)]


def tiles_for(ranges: Iterable[Range], *, tall: int = TILE_HEIGHT) -> set[Tile]:
    """Tell which tiles hold what the hashes of these ranges are made of."""
    return {node.tile(tall) for one in ranges for node in _subtrees(*one)}


def hashes_of(
    ranges: Iterable[Range], tiles: Mapping[Tile, bytes], *, tall: int = TILE_HEIGHT
) -> list[bytes]:
    """Compute the hash of each range.

    :raises LookupError: a tile that `tiles_for` names is missing or too short
    """
    return [_join([_hash_of(node, tiles, tall) for node in _subtrees(*one)]) for one in ranges]


def grown(size: int, edge: Mapping[Tile, bytes], leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """Put the hashes of leaves behind a tree's last, and return each tile that changed, whole.

    :param edge: the tiles that `right_edge` names, as they are
    :raises LookupError: one of them is missing or too short
    """
    changed: dict[Tile, bytes] = {}
    level, count, fresh = 0, size, list(leaves)
    while fresh:
        full, width = divmod(count, TILE_WIDTH)
        row = cut(_first(edge, Tile(level, full), width)) + fresh
        above = []
        for at in range(0, len(row), TILE_WIDTH):
            hashes = row[at : at + TILE_WIDTH]
            changed[Tile(level, full + at // TILE_WIDTH)] = b"".join(hashes)
            if len(hashes) == TILE_WIDTH:
                above.append(tree_hash(hashes))
        level, count, fresh = level + 1, full, above
    return changed


def halfway(hashes: bytes) -> bytes:
    """Compute what is halfway up in a tile: the hashes over each 16 of its own, as far as they are there."""
    step = HASH_BYTES << SMALL
    rows = (hashes[at : at + step] for at in range(0, len(hashes) - step + 1, step))
    return b"".join(tree_hash(cut(row)) for row in rows)


def right_edge(size: int) -> Iterator[Tile]:
    """Name the tiles of a tree that are not full yet."""
    level = 0
    while size:
        size, width = divmod(size, TILE_WIDTH)
        if width:
            yield Tile(level, size)
        level += 1


def width_of(tile: Tile, size: int) -> int:
    """Tell how many hashes a tile has in a tree of this size."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * tile.level) - tile.number * TILE_WIDTH))


def tile_named(name: str) -> tuple[int | None, int, int] | None:
    """Read the name of a tile: level (None of a bundle of leaves), number and width; None if it is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    number, width = int(re.sub("[x/]", "", found["number"])), int(found["width"] or TILE_WIDTH)
    return (level, number, width) if tile_path(found["level"], number, width) == name else None


def cut(tile: bytes) -> list[bytes]:
    """Cut a tile into its hashes."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def _subtrees(start: int, end: int) -> Iterator[Node]:
    """Cut a range into whole subtrees, from the left."""
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        yield Node(height, start >> height)
        start += 1 << height


def _hash_of(node: Node, tiles: Mapping[Tile, bytes], tall: int) -> bytes:
    tile, width = node.tile(tall), 1 << node.height % tall
    first = node.number * width % (1 << tall)
    return tree_hash(cut(_first(tiles, tile, first + width)[first * HASH_BYTES :]))


def _first(tiles: Mapping[Tile, bytes], tile: Tile, width: int) -> bytes:
    hashes = tiles[tile] if width else b""
    if len(hashes) < width * HASH_BYTES:
        raise LookupError(f"tile {tile.number} of level {tile.level} has fewer than {width} hashes")
    return hashes[: width * HASH_BYTES]


def _join(hashes: Sequence[bytes]) -> bytes:
    """Join subtrees that get smaller from the left, as RFC 6962 splits them."""
    if not hashes:
        return tree_hash(())
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined
