"""A second process beside this one, for work of which two processors can each do a part.

It is a copy of this process that is told one thing after the other, answers once, and ends. However this
process ends, nothing more can be read then, and it ends as well. No file or connection stays open in it.
"""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

Work = Callable[[Iterator[Any]], Any]
_STANDARD = 3
"""So many files every process has, for what it is told and what it says."""


class WorkLostError(RuntimeError):
    """The second process has no answer: it broke down as is told, or was killed."""


@dataclass(frozen=True)
class Helper:
    """The second process, as the first one knows it."""

    _told: "Connection[Any, Any]"
    _answer: "Connection[Any, Any]"

    def tell(self, message: object) -> None:
        """Tell it something; this waits while it has enough to do."""
        try:
            self._told.send(message)
        except OSError:
            self._hear()

    def answer(self) -> Any:
        """Say that this was all, and return what it came to."""
        self.tell(None)
        return self._hear()

    def _hear(self) -> Any:
        try:
            said = self._answer.recv()
        except (OSError, EOFError) as error:
            raise WorkLostError from error
        if isinstance(said, WorkLostError):
            raise said
        return said


@contextmanager
def beside(work: Work) -> Iterator[Helper]:
    """Have something worked on in a second process, which is gone at the end.

    :param work: is given what it is told, and returns the answer
    """
    (told, tell), (hear, answer) = Pipe(), Pipe(duplex=False)
    process = os.fork()
    if process == 0:
        _serve(work, told, answer)
    told.close()
    answer.close()
    try:
        yield Helper(tell, hear)
    finally:
        tell.close()
        hear.close()
        os.kill(process, signal.SIGKILL)  # it has answered, or nobody wants to know any more
        os.waitpid(process, 0)


def _serve(work: Work, told: "Connection[Any, Any]", answer: "Connection[Any, Any]") -> NoReturn:
    """Work, answer, and end without tidying up: everything that is here belongs to the other process."""
    try:
        _close_all_but(told.fileno(), answer.fileno())
        answer.send(_work(work, told))
    except (OSError, EOFError):
        pass  # the other process is gone
    finally:
        os._exit(0)


def _work(work: Work, told: "Connection[Any, Any]") -> Any:
    try:
        return work(iter(told.recv, None))
    except EOFError:
        raise
    except Exception:
        return WorkLostError(traceback.format_exc())


def _close_all_but(*kept: int) -> None:
    for descriptor in [int(entry.name) for entry in Path("/dev/fd").iterdir()]:
        if descriptor >= _STANDARD and descriptor not in kept:
            with suppress(OSError):  # the listing's own is closed by now
                os.close(descriptor)
