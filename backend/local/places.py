"""Where things are kept."""

import os
import pwd
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"

SHARED = Path("/var/lib/lvzhang")
"""Where root's servers live: they run as nobody, who must not be let into a private checkout."""


def is_root() -> bool:
    """Tell whether everything on this machine is ours to break."""
    return os.geteuid() == 0


def give_to_servers(path: Path) -> None:
    """Let root's servers own this path; they run as nobody."""
    if is_root():
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def passages(*folders: Path) -> None:
    """Make folders of our own that root's servers may pass through, and not look into."""
    for folder in folders:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
