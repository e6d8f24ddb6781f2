"""How a password or PIN is kept."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# The least that OWASP's cheat sheet on password storage asks of Argon2id: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def keepsake(secret: str) -> str:
    """Return what is kept of a secret."""
    return _HASHER.hash(secret)


def fits(kept: str, secret: str) -> bool:
    """Tell whether this is the secret."""
    try:
        return _HASHER.verify(kept, secret)
    except VerifyMismatchError:
        return False


@lru_cache
def of_nobody() -> str:
    """Return the hash that an unknown login is checked against, so that it takes as long as a known one."""
    return keepsake("nobody has this secret")
