"""Python's search for cycles, left out where there is much to walk through and nothing to find."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile; what nobody holds any more is freed all the same.

    For work that fills large tables and makes no cycles: the tables would be walked through again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
