"""Follow a log from outside, and raise the alarm if it is not what it was.

    python -m ledger.monitor https://city.example/log/330110 --key KEY --state /var/lib/monitor --every 60

Each look fetches the newest checkpoint and every leaf that came since the last look, and counts them on from
there to the root that was signed: so nothing before was changed either. It ends with

    0   it has looked once, and all is well
    1   an alarm: the log has shrunk, shows two faces, was rewritten, is not signed as it should be, or
        nothing new could be counted for longer than --silence, even if only because the log is away
    2   it could not look: the log is away, or a key or the folder cannot be used; the sentence says which

and with --every it goes on while the log is away. The folder keeps the last `checkpoint` that was good, and
of each alarm what was shown, as `evidence-…`, with what had been good until then.
"""

import argparse
import http.client
import signal
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ledger.keeping import alone, keep
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
    printable,
    read_checkpoint,
    read_keys,
    read_note,
    tile_path,
    tree_hash,
)

LONGEST_SECONDS = 60.0
LARGEST_NOTE, LARGEST_PART = 1 << 20, 1 << 24


class Away(Exception):
    """The log cannot be reached."""


class Missing(Away):
    """The log says that it has no such part."""


class Unusable(Exception):
    """A key, or the folder, cannot be used."""


def look(url: str, keys: Sequence[Key], state: Path, *, witnesses: int = 0) -> Checkpoint:
    """Look at a log once, count on from what was seen last, and remember what is good.

    :raises Unproven: the log is not what it was
    :raises Away: it cannot be reached
    :raises Unusable: what was seen last cannot be read
    """
    before = _kept(state)
    note = _fetch(url, "checkpoint", LARGEST_NOTE).decode("utf-8", "replace")
    try:
        now = open_checkpoint(note, keys, witnesses=witnesses).checkpoint
        seen = before or Checkpoint(now.origin, 0, tree_hash(()))
        _count_on(url, seen, now)
    except Unproven as why:
        raise Unproven(f"{why}. {_keep_evidence(state, note)}") from None
    if now != before:
        keep(state / "checkpoint", note)
    return now


def _kept(state: Path) -> Checkpoint | None:
    """Read what was seen last; it was signed when it was kept, maybe by a key that is not used any more."""
    good = state / "checkpoint"
    if not good.exists():
        return None
    try:
        return read_checkpoint(read_note(good.read_text("utf-8"))[0])
    except (UnicodeDecodeError, Unproven) as why:
        raise Unusable(f"{good} is not what was kept of the last look: {why}") from None


def _keep_evidence(state: Path, note: str) -> str:
    """Keep what was shown, beside what was good until then; what was kept before stays as it is."""
    shown = state / f"evidence-{sha256(note.encode()).hexdigest()[:16]}"
    good = state / "checkpoint"
    try:
        if not shown.exists():
            if good.exists():
                keep(state / f"{shown.name}-before", good.read_text("utf-8"))
            keep(shown, note)
    except OSError as error:
        return f"What it showed could not be kept: {error}"
    return f"What it showed is kept as {shown}"


def _count_on(url: str, seen: Checkpoint, now: Checkpoint) -> None:
    """Put every leaf that came behind those that were seen, and compare the roots before and after."""
    if now.origin != seen.origin or now.size <= seen.size:
        check_consistency(seen, now, ())
        return
    tiles = {tile: _tile(url, tile, seen, now) for tile in tree.right_edge(seen.size)}
    check_consistency(seen, Checkpoint(seen.origin, seen.size, _root(tiles, seen.size)), ())
    size = seen.size
    while size < now.size:
        number = size // TILE_WIDTH
        width = min(TILE_WIDTH, now.size - number * TILE_WIDTH)
        leaves = bundle(_part(url, "entries", number, width, TILE_WIDTH))[:width]
        if len(leaves) < width:
            raise Unproven(f"bundle {number} does not hold {width} leaves")
        fresh = [leaf_hash(leaf) for leaf in leaves[size % TILE_WIDTH :]]
        tiles |= tree.grown(size, tiles, fresh)
        size += len(fresh)
        tiles = {tile: tiles[tile] for tile in tree.right_edge(size)}
    if _root(tiles, now.size) != now.root:
        raise Unproven(
            f"the first {now.size} leaves do not lead to the root that was signed: one was changed"
        )


def _root(tiles: dict[tree.Tile, bytes], size: int) -> bytes:
    (root,) = tree.hashes_of(tree.whole(size), tiles)
    return root


def _tile(url: str, tile: tree.Tile, seen: Checkpoint, now: Checkpoint) -> bytes:
    """Fetch a tile as it was."""
    width = tree.width_of(tile, seen.size)
    hashes = _part(url, tile.level, tile.number, width, tree.width_of(tile, now.size))[: width * HASH_BYTES]
    if len(hashes) < width * HASH_BYTES:
        raise Unproven(f"{tile_path(tile.level, tile.number, width)} does not hold {width} hashes")
    return hashes


def _part(url: str, level: int | str, number: int, width: int, fuller: int) -> bytes:
    """Fetch a part of the log, or the fuller one that it has become: a log may keep only that."""
    try:
        return _fetch(url, tile_path(level, number, width), LARGEST_PART)
    except Missing:
        if fuller == width:
            raise
        return _fetch(url, tile_path(level, number, fuller), LARGEST_PART)


def _fetch(url: str, name: str, largest: int) -> bytes:
    asked = Request(f"{url}/{name}", headers={"Accept-Encoding": "gzip, identity"})  # noqa: S310 - see main
    try:
        with _at_most(LONGEST_SECONDS), urlopen(asked) as said:  # noqa: S310  # nosec B310 - see main
            content: bytes = said.read(largest + 1)
            if said.length or len(content) > largest:
                raise Away(f"{url}/{name} broke off, or is too large")
            if said.headers.get("Content-Encoding") == "gzip":
                return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, largest)
    except HTTPError as refused:
        kind = Missing if refused.code == HTTPStatus.NOT_FOUND else Away
        raise kind(f"{url}/{name} is away: {refused}") from None
    except (OSError, http.client.HTTPException, zlib.error) as error:
        raise Away(f"{url}/{name} is away: {error}") from None
    return content


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Break off what takes longer: a socket's own timeout begins anew with each byte that comes."""

    def enough(*_: object) -> None:
        raise TimeoutError(f"it takes more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


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
    if min(asked.silence or 1, asked.every or 1) < 1:
        about.error("a time is at least one second")
    try:
        asked.state.mkdir(parents=True, exist_ok=True)
        with alone(asked.state, wait=False):
            _follow(asked)
    except Unproven as why:
        sys.stdout.write(printable(f"ALARM: {why}.\n"))
        return 1
    except BlockingIOError:
        sys.stderr.write(printable(f"Another monitor looks after {asked.state}.\n"))
        return 2
    except (Away, Unusable, OSError) as why:
        sys.stderr.write(printable(f"{why}\n"))
        return 2
    return 0


def _follow(asked: argparse.Namespace) -> None:
    url, begun = asked.url.rstrip("/"), time.time()
    while True:
        try:
            now = look(url, _keys(asked.key), asked.state, witnesses=asked.witnesses)
        except Away as why:
            _check_silence(asked, begun)
            if asked.every is None:
                raise
            sys.stderr.write(printable(f"{why}\n"))
        else:
            _check_silence(asked, begun)
            sys.stdout.write(printable(f"{now.origin} has {now.size} leaves and has only grown.\n"))
            sys.stdout.flush()
            if asked.every is None:
                return
        time.sleep(asked.every)


def _keys(given: Sequence[str]) -> list[Key]:
    """Read the keys anew for each look, so that one in a file may be replaced meanwhile."""
    try:
        return list(read_keys(given))
    except (OSError, UnicodeDecodeError, Unproven) as why:
        raise Unusable(f"No key to check it with: {why}") from None


def _check_silence(asked: argparse.Namespace, begun: float) -> None:
    good = asked.state / "checkpoint"
    grown_at = good.stat().st_mtime if good.exists() else begun
    if asked.silence is not None and time.time() - grown_at > asked.silence:
        raise Unproven(f"nothing new could be counted at {asked.url} for more than {asked.silence} seconds")


if __name__ == "__main__":
    sys.exit(main())
