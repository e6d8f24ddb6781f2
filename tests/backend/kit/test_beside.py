"""A second process answers, is gone with the first one, and has nothing of it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from backend.kit.beside import WorkLostError, beside
from backend.kit.db import driver, transaction

PARENT = """
import time
from backend.kit.beside import beside

def work(told):
    for message in told:
        print(message, flush=True)

with beside(work) as helper:
    helper.tell("it works")
    time.sleep(600)
"""


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_it_is_told_and_answers_once():
    with beside(sum) as helper:
        for number in range(1_000):
            helper.tell(number)
        assert helper.answer() == 499_500


def break_down(told: Iterator[object]) -> None:
    raise ValueError(next(told))


def test_whoever_asks_learns_why_there_is_no_answer():
    with beside(break_down) as helper:
        helper.tell("a defect")
        with pytest.raises(WorkLostError, match="ValueError: a defect"):
            helper.answer()


def test_whoever_goes_on_telling_learns_it_as_well():
    def tell() -> None:
        while True:
            helper.tell("a defect")

    with beside(break_down) as helper, pytest.raises(WorkLostError, match="ValueError: a defect"):
        tell()


def test_no_connection_of_ours_is_open_in_it_and_ours_goes_on(database):
    with transaction(read_only=True) as db:
        here = driver(db).fileno()
        with beside(lambda told: [is_open(descriptor) for descriptor in told]) as helper:
            helper.tell(here)
            assert helper.answer() == [False]
        assert is_open(here)
        assert db.scalar(text("select 1")) == 1


def test_it_is_gone_at_the_end():
    with beside(lambda told: [os.getpid(), *told]) as helper:
        (process,) = helper.answer()
    with pytest.raises(ChildProcessError):
        os.waitpid(process, os.WNOHANG)


def test_it_ends_when_the_first_process_is_killed():
    """Both write to one pipe: it comes to its end when both are gone."""
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "it works\n"
        parent.kill()
        rest, _ = parent.communicate(timeout=60)
    assert rest == ""
