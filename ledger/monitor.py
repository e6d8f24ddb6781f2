"""Follow a log from outside, and raise the alarm if it is not what it was.

    python -m ledger.monitor https://city.example/log/330110 --key KEY --state /var/lib/monitor --every 60

Each look fetches the newest checkpoint and every leaf that came since the last look, and counts them on from
there to the root that was signed: so nothing before was changed either. What does not follow, a log that has
shrunk, shows two faces or is silent for too long ends it with 1 and a sentence; a log that cannot be reached
with 2. The folder keeps the last checkpoint that was good, and the one that was not, as evidence.
"""

import argparse
import http.client
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from ledger.seal import tree
from ledger.verify import (
    HASH_BYTES,
    TILE_WIDTH,
    Checkpoint,
    Key,
    Unproven,
    bundle,
    check_consistency,
    leaf_hash,
    open_checkpoint,
    read_keys,
    tile_path,
    tree_hash,
)

PATIENCE_SECONDS = 20
LARGEST_PART = 1 << 24


class Away(Exception):
    """The log cannot be reached."""


def look(url: str, keys: Sequence[Key], state: Path, *, witnesses: int = 0) -> Checkpoint:
    """Look at a log once, count on from what was seen last, and remember what is good.

    :raises Unproven: the log is not what it was
    :raises Away: it cannot be reached
    """
    good = state / "checkpoint"
    note = _fetch(url, "checkpoint").decode("utf-8", "replace")
    try:
        now = open_checkpoint(note, keys, witnesses=witnesses).checkpoint
        seen = Checkpoint(now.origin, 0, tree_hash(()))
        if good.exists():
            seen = open_checkpoint(good.read_text("utf-8"), keys).checkpoint
        _count_on(url, seen, now)
    except Unproven:
        (state / "evidence").write_text(note, "utf-8")
        raise
    if now != seen or not good.exists():
        good.write_text(note, "utf-8")
    return now


def _count_on(url: str, seen: Checkpoint, now: Checkpoint) -> None:
    """Put every leaf that came behind those that were seen, and compare the roots before and after."""
    if now.origin != seen.origin or now.size <= seen.size:
        check_consistency(seen, now, ())
        return
    tiles = {
        tile: _part(url, tile_path(tile.level, tile.number, tree.width_of(tile, seen.size)), now, tile)
        for tile in tree.right_edge(seen.size)
    }
    check_consistency(seen, Checkpoint(seen.origin, seen.size, _root(tiles, seen.size)), ())
    size = seen.size
    while size < now.size:
        number, width = size // TILE_WIDTH, min(TILE_WIDTH, now.size - size // TILE_WIDTH * TILE_WIDTH)
        leaves = bundle(_fetch(url, tile_path("entries", number, width)))[size % TILE_WIDTH :]
        if size + len(leaves) != number * TILE_WIDTH + width:
            raise Unproven(f"bundle {number} does not hold {width} leaves")
        tiles |= tree.grown(size, tiles, list(map(leaf_hash, leaves)))
        size += len(leaves)
        tiles = {tile: tiles[tile] for tile in tree.right_edge(size)}
    if _root(tiles, now.size) != now.root:
        raise Unproven(
            f"the first {now.size} leaves do not lead to the root that was signed: one was changed"
        )


def _root(tiles: dict[tree.Tile, bytes], size: int) -> bytes:
    (root,) = tree.hashes_of(tree.whole(size), tiles)
    return root


def _part(url: str, name: str, now: Checkpoint, tile: tree.Tile) -> bytes:
    """Fetch a tile as it was; a log may keep only the fuller one that it has become."""
    try:
        return _fetch(url, name)
    except Away:
        width = tree.width_of(tile, now.size)
        cut = int(name.rpartition("/")[2]) * HASH_BYTES
        return _fetch(url, tile_path(tile.level, tile.number, width))[:cut]


def _fetch(url: str, name: str) -> bytes:
    try:
        with urlopen(f"{url}/{name}", timeout=PATIENCE_SECONDS) as said:  # noqa: S310  # nosec B310 - see main
            content: bytes = said.read(LARGEST_PART)
            return content
    except (HTTPError, OSError, http.client.HTTPException) as error:
        raise Away(f"{url}/{name} is away: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Follow a log until something is wrong; without --every look once."""
    about = argparse.ArgumentParser("monitor", description="Follow a log, and raise the alarm.")
    about.add_argument("url", help="such as https://city.example/log/330110")
    about.add_argument("--key", action="append", required=True, help="a log's or witness's key, or a file")
    about.add_argument("--state", type=Path, required=True, help="a folder of its own")
    about.add_argument("--witnesses", type=int, default=0, help="how many of these must have signed")
    about.add_argument("--silence", type=int, help="seconds that may pass without a new entry")
    about.add_argument("--every", type=int, help="seconds between two looks")
    asked = about.parse_args(arguments)
    if urlsplit(asked.url).scheme not in {"http", "https"}:
        about.error("the log's address begins with https://")
    asked.state.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            keys = list(read_keys(asked.key))
            now = look(asked.url.rstrip("/"), keys, asked.state, witnesses=asked.witnesses)
            _check_silence(asked.state, now, asked.silence)
        except Unproven as why:
            sys.stdout.write(f"ALARM: {why}.\n")
            return 1
        except Away as why:
            sys.stderr.write(f"{why}\n")
            if asked.every is None:
                return 2
        else:
            sys.stdout.write(f"{now.origin} has {now.size} leaves and has only grown.\n")
            sys.stdout.flush()
            if asked.every is None:
                return 0
        time.sleep(asked.every)


def _check_silence(state: Path, now: Checkpoint, seconds: int | None) -> None:
    grown_at = (state / "checkpoint").stat().st_mtime
    if seconds is not None and time.time() - grown_at > seconds:
        raise Unproven(f"nothing came to {now.origin} for more than {seconds} seconds")


if __name__ == "__main__":
    sys.exit(main())
