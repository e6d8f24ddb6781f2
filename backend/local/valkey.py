"""Valkey (or Redis) on the loopback, by password only, with every write in its log."""

import secrets
from pathlib import Path

import redis

from backend.local import memory, places, processes, programs

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {data}
appendonly yes
save ""
maxmemory-policy noeviction
"""


def start(home: Path, *, outlives_us: bool = False) -> str:
    """Start the server on the data of this home and return its URL.

    A server that may outlive us is taken over when it still runs; any other leftover is stopped first.
    """
    if outlives_us and answers(home):
        return url(home)
    data = home / "valkey"
    if not data.exists():
        data.mkdir(mode=0o700)
        places.give_to_servers(data)
    stop(home)
    port = processes.free_port(memory.remembered(home).get("valkey_port"))
    known = memory.remember(home, valkey_port=port, valkey_password=secrets.token_urlsafe(24))
    settings = home / "valkey.conf"
    memory.write_private(settings, SETTINGS.format(port=port, password=known["valkey_password"], data=data))
    places.give_to_servers(settings)
    log = home / "valkey.log"
    with log.open("w") as output:
        server = processes.start(
            [programs.valkey(), settings],
            output=output,
            environment=processes.BARE,
            folder=data,
            outlives_us=outlives_us,
        )
    processes.wait_for(server, lambda: answers(home), log=log)
    if outlives_us:
        processes.let_go(server)
    return url(home)


def stop(home: Path) -> None:
    """Stop the server of this home."""
    processes.end(processes.working_below(home / "valkey"))


def url(home: Path) -> str:
    """Return the URL of the server of this home, as it was last started."""
    known = {"valkey_password": "", "valkey_port": 1} | memory.remembered(home)
    return f"redis://:{known['valkey_password']}@127.0.0.1:{known['valkey_port']}"


def answers(home: Path) -> bool:
    """Tell whether the server of this home answers."""
    client = redis.Redis.from_url(url(home), socket_timeout=5)
    try:
        return bool(client.ping())
    except redis.exceptions.RedisError:
        return False
    finally:
        client.close()
