"""Make `.venv` what the lock file says.

The machine's own Python runs this file, whatever its age, so it needs nothing but the standard library.
"""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / "stamp"


def main() -> None:
    """Build the environment unless it is there already; two callers at once build it once."""
    refuse_unfit_python()
    private = ROOT / ".local"
    private.mkdir(mode=0o700, exist_ok=True)
    with (private / "environment.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not STAMP.exists() or STAMP.read_text() != fingerprint():
            build()


def refuse_unfit_python() -> None:
    """Say in one sentence what this Python lacks."""
    if sys.version_info < (3, 11):  # noqa: UP036 - it is older Pythons that this is for
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"Lvzhang needs Python 3.11 or newer and {sys.executable} is {found}:"
            " name a newer one, make PYTHON=python3.12 …"
        )
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        sys.exit(
            f"{sys.executable} cannot make virtual environments: install its venv package (Debian and Ubuntu:"
            " apt-get install python3-venv), or name another Python, make PYTHON=/path/to/python3 …"
        )


def fingerprint() -> str:
    """Digest what the environment depends on: the lock, the Python, and the place (its scripts name it)."""
    parts = (LOCK.read_bytes(), sys.version.encode(), sys.executable.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def build() -> None:
    """Make the environment anew; the stamp comes last, so that an interrupted build is begun again."""
    if VENV.is_symlink():
        sys.exit(f"{VENV} is a link to another environment, which would be cleared: remove the link first.")
    begun = time.monotonic()
    print("Preparing .venv (once; a minute or two)", flush=True)
    STAMP.unlink(missing_ok=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode or install():
        sys.exit(
            "The lines above say why .venv could not be prepared; it needs a package index and disk space."
        )
    STAMP.write_text(fingerprint())
    print(f"Prepared .venv in {time.monotonic() - begun:.0f} s", flush=True)


def install() -> int:
    """Install the locked packages, counting them; print pip's words only when it fails."""
    pip_install = (
        VENV / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    )
    options = ("--require-hashes", "--only-binary=:all:", "--progress-bar=off", "--requirement", LOCK)
    command = [str(word) for word in pip_install + options]
    said = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        for line in pip.stdout or ():
            said.append(line)
            if line.startswith("Collecting ") and sys.stdout.isatty():
                print(f"\r  {line.split()[1]:<60}", end="", flush=True)
    if sys.stdout.isatty():
        print(f"\r{'':<62}\r", end="")
    if pip.returncode:
        print("".join(said[-20:]), end="")
    return pip.returncode


if __name__ == "__main__":
    try:
        main()
    except PermissionError as error:
        sys.exit(f"No right to write {error.filename}: the checkout must belong to who runs this.")
    except KeyboardInterrupt:
        sys.exit(130)
