"""How the launcher speaks to a person."""

import sys


class Trouble(Exception):
    """A reason to stop, in one sentence that says what to do."""


def say(sentence: str) -> None:
    """Tell what happens next, beside the output of what was asked for."""
    print(sentence, file=sys.stderr, flush=True)
