"""What the hot routes cost over HTTP: one household after another brings its bags to a real server."""

import json
import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from math import ceil
from typing import Any
from uuid import uuid4

from honcho.environ import parse_procfile

from backend.local import launch, places, processes
from bench.row import Row, row
from seeds import load

HOUSEHOLDS = 5
BAGS = 40
"""With 400 g of glass in each, a household stays below its ceiling, and every bag draws a subsidy."""
WARMING = 5
CODE = "246810"
PLATFORM = "backend.app:create_app"
COLLECTORS = ("C0001", "C0002")
LINES = [{"material": "glass", "gross_grams": 400}, {"material": "cardboard", "gross_grams": 3_000}]
UNHURRIED = {
    "LV_LIMIT_READ": "1000000/minute",
    "LV_LIMIT_WRITE": "1000000/minute",
    "LV_PROOF_POINTS": "1000000",
}
"""Nobody brings and redeems as fast as we do; calls and points are counted all the same."""
BOUNDS_MS = {"balances": 25, "statement": 25, "book": 75, "confirm": 75, "redeem": 75}
"""What is measured, and how many milliseconds half of the answers may take at most."""

Times = dict[str, list[float]]


class Caller:
    """Somebody on a connection that stays open."""

    def __init__(self, port: int) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=30)
        self._token = ""

    def sign_in(self, role: str, **who: str) -> None:
        """Sign in; what is asked from now on is asked by them."""
        self._token = self.post(f"/v1/sign-in/{role}", who)["access_token"]

    def get(self, path: str) -> Any:
        """Ask."""
        return self._send("GET", path, None)

    def post(self, path: str, body: Any = None) -> Any:
        """Do."""
        return self._send("POST", path, json.dumps(body or {}))

    def _send(self, method: str, path: str, body: str | None) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        except ConnectionError:  # the server hangs up on who is silent for long
            self._line.close()
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
        said = answer.read().decode()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {said}")
        return json.loads(said)


@contextmanager
def served(application: str = PLATFORM) -> Iterator[int]:
    """Run an application as the Procfile runs the platform, with two workers, on a free port."""
    port = processes.free_port()
    command = parse_procfile((places.ROOT / "Procfile").read_text()).processes["web"]
    assert PLATFORM in command
    command = command.replace(PLATFORM, application)
    path = f"{places.ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    web = subprocess.Popen(  # noqa: S603 - our own Procfile
        ["/bin/sh", "-c", f"exec {command}"],
        cwd=places.ROOT,
        env={**os.environ, **UNHURRIED, "PORT": str(port), "WEB_WORKERS": "2", "PATH": path},
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        web.terminate()
        web.wait(timeout=processes.GRACE_SECONDS)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + processes.PATIENCE_SECONDS
    while not launch.answers(url):
        if time.monotonic() > deadline:
            raise TimeoutError(url)
        time.sleep(0.1)


def a_household(port: int, number: int) -> Caller:
    """Sign somebody new in, and let them live next to the cast."""
    resident, phone = Caller(port), f"1610001{number:04}"
    asked = resident.post("/v1/sign-in/codes", {"phone": phone})
    resident.sign_in("resident", phone=phone, request_id=asked["request_id"], code=CODE)
    home = {"community": load.cast("zhang")["community"], "address": f"示范路1号1幢{number}室（虚构）"}
    resident.post("/v1/household", {**home, "consent": {"agreed": True, "version": "2026-01"}})
    return resident


def quote(pickup: dict[str, Any], collectors: dict[str, Caller], scale: str) -> str:
    """Weigh what was booked and tell what it is worth; return where the weighing is."""
    collector = collectors[pickup["collector"]["number"]]
    for step in ("acceptance", "arrival"):
        collector.post(f"/v1/pickups/{pickup['id']}/{step}")
    bag = {"pickup_id": pickup["id"], "scale_id": scale, "lines": LINES}
    weighing = f"/v1/weighings/{collector.post('/v1/weighings', bag)['id']}"
    collector.post(f"{weighing}/quote")
    return weighing


def signed_in_collectors(port: int) -> dict[str, Caller]:
    """Sign in who fetches the bags."""
    collectors = {number: Caller(port) for number in COLLECTORS}
    for number, collector in collectors.items():
        collector.sign_in("collector", number=number, pin=load.cast(number)["pin"], phone_code=CODE)
    return collectors


def _bring(resident: Caller, collectors: dict[str, Caller], scale: str, offer: str, took: Times) -> None:
    """Bring one bag from a tap to a voucher, with a clock beside what is measured."""

    @contextmanager
    def clock(name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        took[name].append((time.perf_counter() - begun) * 1_000)

    with clock("book"):
        pickup = resident.post("/v1/pickups")
    weighing = quote(pickup, collectors, scale)
    with clock("confirm"):
        resident.post(f"{weighing}/confirmation")
    with clock("balances"):
        resident.get("/v1/accounts")
    with clock("statement"):
        resident.get("/v1/accounts/green/entries")
    with clock("redeem"):
        resident.post("/v1/redemptions", {"offer_id": offer})


def _runs(port: int) -> list[Times]:
    """Time the bags of each household; the first ones of all only warm the server."""
    collectors = signed_in_collectors(port)
    scale, offer = str(load.cast("scale_1")["id"]), str(load.cast("donation")["id"])
    runs: list[Times] = []
    for nth in range(HOUSEHOLDS + 1):
        resident = a_household(port, nth)
        took: Times = defaultdict(list)
        for _ in range(BAGS if nth else WARMING):
            _bring(resident, collectors, scale, offer, took)
        runs.append(took)
    return runs[1:]


def _percentile(samples: Sequence[float], share: float) -> float:
    return sorted(samples)[ceil(len(samples) * share) - 1]


def main() -> list[Row]:
    """Measure one caller at a time on an idle server; a row's range is that of the households."""
    os.environ["LV_FIXED_CODE"] = CODE
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)
    with served() as port:
        runs = _runs(port)
    return [
        row(f"{name} p{share}", [_percentile(run[name], share / 100) for run in runs], "ms", at_most=bound)
        for name, bound_ms in BOUNDS_MS.items()
        for share, bound in ((50, bound_ms), (95, None))
    ]
