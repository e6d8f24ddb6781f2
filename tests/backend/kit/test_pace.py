"""How often a caller may call: in the window, for each caller and route, by all workers, without Valkey.

Covers OWASP API4 of 2023 and ASVS 5.0 2.4.1.
"""

import re
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from redis import Redis
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from backend.kit import pace
from backend.settings import settings
from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code
from tests.conftest import NOWHERE
from tests.outages import OwnValkey

TOO_OFTEN = (429, "too_many_requests")
NOTE = {"words": "a"}


@pytest.fixture(autouse=True)
def three_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few enough to be used up, and for so long that nothing comes back while a test runs."""
    for kind in ("READ", "WRITE", "SIGN_IN", "COSTLY"):
        monkeypatch.setenv(f"LV_LIMIT_{kind}", "3/hour")
    settings.cache_clear()


def from_line(address: str) -> dict[str, str]:
    return {"REMOTE_ADDR": address}


def left(answer: TestResponse) -> int:
    """Read how many calls are left."""
    assert re.fullmatch(r'"(read|write|sign_in|costly)";q=3;w=3600', answer.headers["RateLimit-Policy"])
    found = re.fullmatch(r'"\w+";r=(\d);t=(\d+)', answer.headers["RateLimit"])
    assert found
    assert 1 <= int(found[2]) <= 3600
    return int(found[1])


@pytest.mark.usefixtures("valkey")
class TestWithValkey:
    """All workers count together."""

    def test_a_share_is_used_up(self, post: Post):
        taken = [post("/v1/notes", NOTE) for _ in range(3)]
        refused = post("/v1/notes", NOTE)

        assert [answer.status_code for answer in taken] == [201] * 3
        assert [left(answer) for answer in [*taken, refused]] == [2, 1, 0, 0]
        assert code(refused) == TOO_OFTEN
        assert 3500 <= int(refused.headers["Retry-After"]) <= 3600
        assert planted.written() == ["a"] * 3

    def test_another_caller_and_another_route_are_not_touched(self, post: Post):
        for _ in range(4):
            post("/v1/notes", NOTE)

        assert left(post("/v1/notes", NOTE, by="bob")) == 2
        assert left(post("/v1/moved")) == 2

    def test_strangers_are_told_apart_by_their_lines(self, visitor: FlaskClient):
        def ask(line: str) -> int:
            return visitor.post("/v1/afterwards", environ_overrides=from_line(line)).status_code

        assert [ask("203.0.113.1") for _ in range(4)] == [204, 204, 204, 429]
        assert ask("203.0.113.2") == 204
        assert [ask(f"2001:db8:1:1::{n}") for n in range(4)] == [204, 204, 204, 429]
        assert ask("2001:db8:1:2::1") == 204

    def test_whoever_brings_no_good_token_is_a_stranger(self, post: Post):
        tried = [post("/v1/notes", NOTE, by=token).status_code for token in ("x", "y", "", "alice", "z")]

        assert tried == [401, 401, 401, 201, 429]

    def test_a_refusal_counts_like_a_success(self, post: Post):
        for kind in ("full", "missing", "guessed"):
            post(f"/v1/refusals/{kind}")

        assert code(post("/v1/refusals/full")) == TOO_OFTEN

    def test_the_window_moves(self, post: Post, monkeypatch: pytest.MonkeyPatch):
        clock = SimpleNamespace(now=1_800_000_000.0)
        monkeypatch.setattr(pace, "time", lambda: clock.now)
        answers = []
        for passes in (0, 1200, 1200, 600, 601, 1, 1199):
            clock.now += passes
            answers.append(post("/v1/notes", NOTE))

        assert [answer.status_code for answer in answers] == [201, 201, 201, 429, 201, 429, 201]
        assert answers[3].headers["Retry-After"] == "600"

    def test_two_workers_count_together(self, post: Post):
        for _ in range(3):
            pace._counter_at.cache_clear()
            post("/v1/notes", NOTE)
        pace._counter_at.cache_clear()

        assert code(post("/v1/notes", NOTE)) == TOO_OFTEN

    def test_valkey_learns_neither_names_nor_addresses(self, post: Post, valkey: str):
        post("/v1/notes", NOTE)
        post("/v1/afterwards", environ_overrides=from_line("203.0.113.1"))

        with Redis.from_url(valkey) as client:
            keys = [key.decode() for key in client.scan_iter("pace:*")]
            lives = [client.ttl(key) for key in keys]
        assert len(keys) == 2
        assert all(re.fullmatch(r"pace:[0-9a-f]{32}/3/3600", key) for key in keys)
        assert all(0 < seconds <= 3600 for seconds in lives)

    def test_probes_and_pages_are_not_counted(self, visitor: FlaskClient):
        answers = [visitor.get("/healthz") for _ in range(5)]

        assert {answer.status_code for answer in answers} == {200}
        assert not any("RateLimit" in answer.headers for answer in answers)

    def test_each_kind_has_a_limit_of_its_own(self, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("LV_LIMIT_SIGN_IN", "1/day")
        settings.cache_clear()

        answer = visitor.post("/v1/letters")

        assert answer.headers["RateLimit-Policy"] == '"sign_in";q=1;w=86400'
        assert visitor.post("/v1/letters").status_code == 429
        assert visitor.get("/v1/notes").headers["RateLimit-Policy"] == '"read";q=3;w=3600'


def test_while_valkey_is_away_each_worker_counts_for_itself(
    post: Post, own_valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pace, "AWAY_SECONDS", 0)

    def take(times: int) -> list[int]:
        return [
            left(answer) if answer.status_code == 201 else -1
            for answer in (post("/v1/notes", NOTE) for _ in range(times))
        ]

    assert take(2) == [2, 1]
    own_valkey.stop()
    assert take(4) == [2, 1, 0, -1]
    own_valkey.restart()
    assert take(2) == [0, -1]
    own_valkey.stop()
    assert take(1) == [2]


def test_what_must_not_go_uncounted_is_refused_while_valkey_is_away(
    visitor: FlaskClient, own_valkey: OwnValkey, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pace, "AWAY_SECONDS", 0)
    assert visitor.post("/v1/letters").status_code == 204

    own_valkey.stop()
    refused = visitor.post("/v1/letters")
    assert code(refused) == (503, "away")
    assert visitor.post("/v1/afterwards").status_code == 204

    own_valkey.restart()
    assert visitor.post("/v1/letters").status_code == 204
    assert planted.written().count("letter") == 2


def test_a_valkey_that_is_away_is_asked_again_after_a_while(
    visitor: FlaskClient, valkey: str, monkeypatch: pytest.MonkeyPatch
):
    clock = SimpleNamespace(now=1_000.0)
    monkeypatch.setattr(pace, "monotonic", lambda: clock.now)
    monkeypatch.setenv("REDIS_URL", f"redis://{NOWHERE}")
    settings.cache_clear()
    pace._counter_at.cache_clear()

    with capture_logs() as logged:
        for passes in (0, 1, 3, 1, 1):
            clock.now += passes
            visitor.get("/v1/notes")

    assert [line["event"] for line in logged].count("redis_away") == 2
