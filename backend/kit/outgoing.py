"""Calls to addresses that others choose: nobody talks us into calling ourselves, our neighbours or the cloud.

A name is resolved once. What it stands for is checked, and the connection goes to the very address that was
checked, while the certificate is held against the name; so a name that points elsewhere a moment later
leads nowhere. No redirect is followed, no proxy of the environment is asked, and time and size are bounded.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread, Timer
from time import perf_counter
from urllib.parse import urlsplit

from backend.settings import settings

RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0
CALL_SECONDS = 15.0
"""From the connection to the end of what is read, however slowly it trickles."""
READ_BYTES = 16_384
"""What is read of an answer, and thrown away."""

_UNICAST = IPv6Network("2000::/3")
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))
"""They hide an IPv4 address in an IPv6 one."""
_NOT_THE_WORLD = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
"""What some Python calls global and is not: protocol assignments, a relay, and a cloud's own service."""

_PORTS = {"http": 80, "https": 443}


REASONS = (
    "address_refused",
    "certificate_refused",
    "name_unknown",
    "no_answer",
    "too_slow",
    "url_refused",
)
"""Why somebody is not reached."""
_PLACES_TRIED = 2
"""Of the addresses that a name stands for."""

Place = tuple[int, tuple[str, int]]
"""The family of an address, and the address with its port."""


class Unreached(OSError):
    """Nobody was there, or nobody that we call."""

    def __init__(self, reason: str, *, duration_ms: int = 0) -> None:
        super().__init__(reason)
        assert reason in REASONS, reason
        self.reason = reason
        self.duration_ms = duration_ms


@dataclass(frozen=True)
class Answer:
    """What came back, as far as it is kept."""

    status: int
    duration_ms: int


@dataclass(frozen=True)
class Target:
    """Where a URL leads, as it is written."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return what stands in `Host`."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"


def target_of(url: str) -> Target:
    """Read a URL that may be called.

    :raises ValueError: it is none: not https, with a user in it, with a fragment, or an address inside
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https" or (parts.scheme == "http" and settings().webhooks_to_loopback)
    if not (secure and parts.hostname and url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise ValueError("not a URL that is called")
    if parts.username is not None or parts.password is not None or parts.fragment or parts.port == 0:
        raise ValueError("a user, a fragment or no port in it")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], path)
    if (written := _written_address(target.host)) is not None and not may_call(written):
        raise ValueError("an address inside")
    return target


def _written_address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_call(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is out in the world: not private, local, shared, reserved, nor many at once."""
    if address.is_loopback and settings().webhooks_to_loopback:
        return True
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        return address in _UNICAST and not any(address in network for network in _TUNNELS)
    return not any(address in network for network in _NOT_THE_WORLD)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body to somebody's address; of what they say only the status is kept.

    :raises Unreached: the address is none that we call, or nobody answered in time
    """
    try:
        target = target_of(url)
    except ValueError:
        raise Unreached("url_refused") from None
    begun = perf_counter()
    try:
        status = _call(_Line(target, _resolve(target)), target, body, headers)
    except ssl.SSLCertVerificationError:
        raise Unreached("certificate_refused", duration_ms=_since(begun)) from None
    except Unreached as error:
        raise Unreached(error.reason, duration_ms=_since(begun)) from None
    except (OSError, HTTPException) as error:
        late = isinstance(error, TimeoutError) or perf_counter() - begun >= CALL_SECONDS
        reason = "too_slow" if late else "no_answer"
        raise Unreached(reason, duration_ms=_since(begun)) from None
    return Answer(status, _since(begun))


def _since(begun: float) -> int:
    return round((perf_counter() - begun) * 1000)


def _call(line: "_Line", target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    over = Timer(CALL_SECONDS, line.cut)
    over.daemon = True
    over.start()
    try:
        line.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": target.authority, **headers, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in sent.items():
            line.putheader(name, value)
        line.endheaders(body)
        answer = line.getresponse()
        answer.read(READ_BYTES)
        return answer.status
    finally:
        over.cancel()
        line.close()


def _resolve(target: Target) -> list[Place]:
    """Ask once what a name stands for, and refuse it if any of that is not out in the world."""
    found: list[Place] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend((family, (str(place[0]), int(place[1]))) for family, _, _, _, place in answers)

    asking = Thread(target=ask, daemon=True)  # a resolver knows no time limit
    asking.start()
    asking.join(RESOLVE_SECONDS)
    if not (known := list(found)):
        raise Unreached("name_unknown")
    if not all(may_call(ip_address(place[0])) for _, place in known):
        raise Unreached("address_refused")
    return known[:_PLACES_TRIED]


class _Line(HTTPConnection):
    """A connection to an address that was checked, in the name of its host."""

    def __init__(self, target: Target, places: Sequence[Place]) -> None:
        super().__init__(target.host, target.port)
        self._target, self._places = target, places

    def connect(self) -> None:
        """Connect to a checked address; with TLS, hold the certificate against the name."""
        self.sock = self._reach()
        self.sock.settimeout(CALL_SECONDS)
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            secured = context.wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock = secured  # before the handshake, so that `cut` ends that too
            secured.do_handshake()

    def _reach(self) -> socket.socket:
        for family, place in self._places:
            tried = socket.socket(family, socket.SOCK_STREAM)
            tried.settimeout(CONNECT_SECONDS)
            try:
                tried.connect(place)
            except OSError as error:
                tried.close()
                failure = error
            else:
                return tried
        raise failure

    def cut(self) -> None:
        """Hang up, whatever is being waited for."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
