"""Confirming a weighing over HTTP, everything included, against a bare route that does one yardstick posting.

Both run under the server of the Procfile with two workers, and the same callers ask both.
"""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bench import http
from bench.row import Row, percentiles, row
from bench.yardstick import lay_yardstick
from seeds import load

CALLERS, ROUNDS = 8, 3
HOUSEHOLDS, BAGS = 24, 4
"""No more of them sign in from one line within an hour; in a round each confirms so many bags, one by one."""
WARMING = 4
"""So many bags of each go before, so that both have their connections and plans."""
BARE = 100
"""How often each caller asks the bare route."""


class Call(NamedTuple):
    """Something to be asked, and by whom; a caller asks one thing after another."""

    by: http.Caller
    path: str


def rows() -> list[Row]:
    """Let callers confirm bags that wait for it, then post to the bare route, and again."""
    os.environ["LV_FIXED_CODE"] = http.CODE
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)
    lay_yardstick()
    ratios, rates, waits = [], [], list[float]()
    with http.served() as ours, http.served("bench.bare:create_app") as bare:
        residents = [http.a_household(ours, nth) for nth in range(HOUSEHOLDS)]
        bare_calls = [Call(one, "/postings") for one in [http.Caller(bare) for _ in range(CALLERS)]] * BARE
        for _ in range(WARMING):
            _all_at_once(list(_confirmations(ours, residents)))
            _all_at_once(bare_calls[:HOUSEHOLDS])
        for _ in range(ROUNDS):
            seconds = 0.0
            for _ in range(BAGS):
                took, each = _all_at_once(list(_confirmations(ours, residents)))
                seconds += took
                waits += each
            rates.append(BAGS * HOUSEHOLDS / seconds)
            seconds, _ = _all_at_once(bare_calls)
            ratios.append(rates[-1] / (len(bare_calls) / seconds))
    return [
        row("confirm_http", ratios, "× bare route", at_least=0.35),
        row("confirm_http_rate", rates, "requests/s"),
        *percentiles("confirm_http", waits),
    ]


def _confirmations(port: int, residents: Sequence[http.Caller]) -> Iterator[Call]:
    """Bring a bag of each household so far that it need only be confirmed."""
    collectors, scale = http.signed_in_collectors(port), str(load.cast("scale_1")["id"])
    for resident in residents:
        weighing = http.quote(resident.post("/v1/pickups"), collectors, scale)
        yield Call(resident, f"{weighing}/confirmation")


def _all_at_once(calls: Sequence[Call]) -> tuple[float, list[float]]:
    """Make calls from so many callers at once; return how many seconds all took, and each one."""
    shares = [calls[nth::CALLERS] for nth in range(CALLERS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as callers:
        waits = [wait for share in callers.map(_one_by_one, shares) for wait in share]
    return time.perf_counter() - began, waits


def _one_by_one(calls: Sequence[Call]) -> list[float]:
    waits = []
    for call in calls:
        began = time.perf_counter()
        call.by.post(call.path)
        waits.append(time.perf_counter() - began)
    return waits
