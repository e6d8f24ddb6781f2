"""How often somebody may call a route: a moving window for each caller and route.

Valkey counts for all workers together. While it is away each worker counts for itself, so that nobody is
shut out and nobody is let loose; only what must not go uncounted is refused then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from time import monotonic, time
from typing import Any, Literal

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from backend.kit.auth import View, mark, refuses
from backend.kit.envelope import mac
from backend.kit.errors import Problem, TooManyRequests
from backend.settings import settings

log = structlog.get_logger()

Kind = Literal["read", "write", "sign_in", "costly"]

READ: Kind = "read"
WRITE: Kind = "write"
SIGN_IN: Kind = "sign_in"
COSTLY: Kind = "costly"

AWAY_SECONDS = 5
"""How long Valkey is left alone after it did not answer."""
_PATIENCE_SECONDS = 0.25

# A list of the moments of the calls in the window, the newest first. Asked and counted at once, as a second
# round trip would cost every request more than all that is done here.
_COUNT = """
local oldest = redis.call('lindex', KEYS[1], -1)
while oldest and tonumber(oldest) < ARGV[1] - ARGV[2] do
    redis.call('rpop', KEYS[1])
    oldest = redis.call('lindex', KEYS[1], -1)
end
local calls = redis.call('llen', KEYS[1])
if calls >= tonumber(ARGV[3]) then
    return {0, calls, oldest}
end
redis.call('lpush', KEYS[1], ARGV[1])
redis.call('expire', KEYS[1], ARGV[2])
return {1, calls + 1, oldest or ARGV[1]}
"""


class TooOften(TooManyRequests):
    """The caller's share of this route is used up for the moment."""

    code = "too_many_requests"
    zh = "请求过于频繁，请 {seconds} 秒后再试。"
    en = "Too many requests; try again in {seconds} seconds."


@dataclass(frozen=True)
class Standing:
    """What a caller has left of a route."""

    kind: Kind
    quota: int
    window_seconds: int
    left: int
    resets_in: int
    """Seconds until the oldest call in the window leaves it."""
    is_over: bool
    is_shared: bool
    """Whether all workers counted together."""

    def check(self, *, or_else: type[Problem] | None) -> None:
        """Refuse who has none left, and what was not counted as it must be."""
        if self.is_over:
            raise TooOften(retry_after=self.resets_in, seconds=self.resets_in)
        if or_else and not self.is_shared:
            raise or_else(retry_after=AWAY_SECONDS)

    def headers(self) -> dict[str, str]:
        """Tell the caller, after the IETF draft on RateLimit header fields."""
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.quota};w={self.window_seconds}',
            "RateLimit": f'"{self.kind}";r={self.left};t={self.resets_in}',
        }


def paced(kind: Kind, *, or_else: type[Problem] | None = None) -> Callable[[View], View]:
    """Count a view among those of a kind; one that says nothing is a read or a write.

    :param or_else: what is answered while Valkey is away, where each worker's own count will not do
    """

    def pace(view: View) -> View:
        return mark(refuses(or_else)(view) if or_else else view, pace=kind, unless_counted=or_else)

    return pace


def kind_of(said: Mapping[str, Any], method: str) -> Kind:
    """Tell among which kind a view is counted, from its notes."""
    found: Kind = said.get("pace") or (READ if method in ("GET", "HEAD") else WRITE)
    return found


def line_of(address: str) -> str:
    """Return what one line pays for: an IPv4 address, or the /64 that a line has in IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def count(kind: Kind, *, route: str, caller: str) -> Standing:
    """Count a call, unless none is left, and say how its caller stands; Valkey learns nobody's name."""
    quota = _quota(getattr(settings(), f"limit_{kind}"))
    return _counter_at(settings().redis_url).count(kind, quota, mac("pace", route, caller).hex()[:32])


_quota = lru_cache(parse)


class _Counter:
    """Valkey, and what counts in its place while it is away."""

    def __init__(self, url: str) -> None:
        self._valkey = Redis.from_url(
            url,
            socket_connect_timeout=_PATIENCE_SECONDS,
            socket_timeout=_PATIENCE_SECONDS,
            retry=Retry(NoBackoff(), 1),  # once: a connection may have died while nobody called
        )
        self._shared = self._valkey.register_script(_COUNT)
        self._own: MovingWindowRateLimiter | None = None
        self._asks_again_at = 0.0

    def count(self, kind: Kind, quota: RateLimitItem, key: str) -> Standing:
        if self._own is None or monotonic() >= self._asks_again_at:
            try:
                standing = self._together(kind, quota, key)
            except RedisError as error:
                self._asks_again_at = monotonic() + AWAY_SECONDS
                log.warning("redis_away", error=type(error).__name__)
            else:
                self._own = None
                return standing
        self._own = self._own or MovingWindowRateLimiter(MemoryStorage())
        return _alone(self._own, kind, quota, key)

    def _together(self, kind: Kind, quota: RateLimitItem, key: str) -> Standing:
        at, window = time(), quota.get_expiry()
        name = f"pace:{key}/{quota.amount}/{window}"
        taken, calls, oldest = self._shared([name], [repr(at), window, quota.amount])
        return Standing(
            kind=kind,
            quota=quota.amount,
            window_seconds=window,
            left=quota.amount - calls,
            resets_in=max(1, ceil(float(oldest) + window - at)),
            is_over=not taken,
            is_shared=True,
        )


@lru_cache
def _counter_at(url: str) -> _Counter:
    return _Counter(url)


def _alone(limiter: MovingWindowRateLimiter, kind: Kind, quota: RateLimitItem, key: str) -> Standing:
    is_over = not limiter.hit(quota, key)
    resets_at, left = limiter.get_window_stats(quota, key)
    return Standing(
        kind=kind,
        quota=quota.amount,
        window_seconds=quota.get_expiry(),
        left=max(0, left),
        resets_in=max(1, ceil(resets_at - time())),
        is_over=is_over,
        is_shared=False,
    )
