"""What is final in the database may be kept by a process: it is read once, and not with every request."""

from collections.abc import Callable, Hashable
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from backend.kit.db import after_commit
from backend.settings import settings

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """So many values that never change, by their keys; what came first goes first.

    Nothing is kept of a transaction that is taken back: what it saw may never have been.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, Value] = {}
        self._lock = Lock()

    def find(self, db: Session, *key: Hashable, read: Callable[[], Value]) -> Value:
        """Return what is kept under a key, else read it and keep it once this transaction is safe.

        :param key: what is looked for, the district first where one owns it: row security is asked only once
        """
        place = (settings().database_url, *key)
        found = self._values.get(place)
        if found is None:
            found = read()
            after_commit(db, partial(self._keep, place, found))
        return found

    def _keep(self, place: Hashable, value: Value) -> None:
        with self._lock:
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[place] = value
