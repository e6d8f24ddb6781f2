"""One answer for one key: a POST that is sent twice is done once, and says so."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from backend.kit import idempotency
from backend.kit.db import transaction
from backend.kit.envelope import unseal
from backend.kit.idempotency import IdempotencyRecord
from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code

KEY = "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11"


def kept() -> list[IdempotencyRecord]:
    with transaction() as db:
        rows = list(db.scalars(select(IdempotencyRecord)))
        db.expunge_all()
    return rows


def test_a_key_is_needed(post: Post):
    assert code(post("/v1/notes", {"words": "a"}, key=None)) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("key", ['""', '"', "a b", "a\tb", '"a"b"', "ключ", "a" * 101, '"' + "a" * 101 + '"'])
def test_a_key_has_a_form(post: Post, key: str):
    assert code(post("/v1/notes", {"words": "a"}, key=key)) == (400, "idempotency_key_malformed")
    assert planted.written() == []


@pytest.mark.parametrize("key", ["a", "!~", "a" * 100, '"' + "a" * 100 + '"', "a;b=c"])
def test_a_key_may_be_anything_that_can_be_seen(post: Post, key: str):
    assert post("/v1/notes", {"words": "a"}, key=key).status_code == 201


def test_the_same_request_is_done_once_and_answered_alike(post: Post):
    first, again = (post("/v1/notes", {"words": "a"}, key=KEY) for _ in range(2))

    assert (first.status_code, first.get_json()) == (201, {"words": "a"})
    assert (again.status_code, again.data, again.mimetype) == (201, first.data, first.mimetype)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert planted.written() == ["a"]


def test_a_replay_keeps_the_headers_that_say_what_was_made(post: Post):
    again = [post("/v1/moved", key=KEY) for _ in range(2)][1]

    assert (again.headers["Location"], again.headers["ETag"]) == ("/v1/notes/1", '"1"')
    assert "X-Other" not in again.headers


def test_a_key_is_the_same_quoted_and_bare(post: Post):
    post("/v1/notes", {"words": "a"}, key=KEY)

    assert post("/v1/notes", {"words": "a"}, key=f'"{KEY}"').headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "body",
    [
        '{"fen":7,"words":"绿"}',
        ' {\n  "words" : "\\u7eff" ,\t"fen" : 7 } ',
    ],
)
def test_what_is_sent_is_the_same_however_it_is_written(post: Post, body: str):
    post("/v1/notes", {"words": "绿", "fen": 7}, key=KEY)
    again = post("/v1/notes", data=body.encode(), content_type="application/json", key=KEY)

    assert again.headers["Idempotent-Replayed"] == "true"


def test_no_body_is_an_empty_one(post: Post):
    first = post("/v1/refusals/full", key=KEY)

    ways: list[dict[str, Any]] = [
        {"json": {}},
        {"data": b""},
        {"data": b"{ }", "content_type": "application/json"},
    ]
    for nothing in ways:
        again = post("/v1/refusals/full", key=KEY, **nothing)
        assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")


@pytest.mark.parametrize("body", [{"words": "b"}, {"words": "a", "fen": 1}, {}])
def test_a_key_stands_for_one_content(post: Post, body: dict[str, object]):
    post("/v1/notes", {"words": "a"}, key=KEY)

    assert code(post("/v1/notes", body, key=KEY)) == (422, "idempotency_key_reused")
    assert planted.written() == ["a"]


def test_a_body_of_untold_length_is_content_too(post: Post):
    post("/v1/refusals/full", key=KEY)
    environment = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    answer = post(
        "/v1/refusals/full",
        data=b'{"no": 1}',
        content_type="application/json",
        environ_overrides=environment,
        key=KEY,
    )

    assert code(answer) == (422, "invalid")


def test_a_key_stands_for_one_address(post: Post):
    post("/v1/refusals/full", key=KEY)

    assert code(post("/v1/refusals/missing", key=KEY)) == (422, "idempotency_key_reused")


def test_another_caller_has_keys_of_his_own(post: Post):
    post("/v1/notes", {"words": "hers"}, key=KEY)
    his = post("/v1/notes", {"words": "his"}, key=KEY, by="bob")

    assert (his.status_code, his.get_json()) == (201, {"words": "his"})
    assert planted.written() == ["hers", "his"]


def test_a_twin_in_flight_is_told_at_once_and_the_first_is_not_disturbed(visitor: FlaskClient, post: Post):
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(post, "/v1/slow", key=KEY)
        assert planted.begun.wait(10)
        twins = [post("/v1/slow", key=KEY), post("/v1/notes", {"words": "a"}, key=KEY)]
        stranger = post("/v1/notes", {"words": "not held up"}, key=KEY, by="bob")
        planted.may_end.set()

    for twin in twins:
        assert code(twin) == (409, "idempotency_key_in_flight")
        assert twin.headers["Retry-After"] == "1"
    assert stranger.status_code == 201
    assert first.result().status_code == 201
    assert post("/v1/slow", key=KEY).headers["Idempotent-Replayed"] == "true"
    assert sorted(planted.written()) == ["not held up", "slow"]


@pytest.mark.parametrize(("kind", "status"), [("full", 409), ("missing", 404)])
def test_a_refusal_of_state_is_remembered_and_a_late_retry_does_not_succeed(
    post: Post, kind: str, status: int
):
    first = post(f"/v1/refusals/{kind}", key=KEY)
    planted.ready.add(kind)
    again = post(f"/v1/refusals/{kind}", key=KEY)

    assert code(first) == (status, kind)
    assert (again.status_code, again.data, again.mimetype) == (status, first.data, first.mimetype)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert planted.written() == []
    assert post(f"/v1/refusals/{kind}").status_code == 200


@pytest.mark.parametrize("kind", ["barred", "senseless", "away"])
def test_what_may_be_otherwise_next_time_is_not_remembered(post: Post, kind: str):
    assert post(f"/v1/refusals/{kind}", key=KEY).status_code in (403, 422, 503)
    planted.ready.add(kind)

    assert post(f"/v1/refusals/{kind}", key=KEY).status_code == 200
    assert planted.written() == [f"work of {kind}"]


def test_a_wrong_guess_counts_each_time(post: Post):
    answers = [post("/v1/refusals/guessed", key=KEY) for _ in range(2)]

    assert [code(answer) for answer in answers] == [(403, "guessed")] * 2
    assert planted.written() == ["a guess", "a guess"]
    assert kept() == []


def test_a_crash_is_not_remembered(post: Post):
    assert post("/v1/crashes", key=KEY).status_code == 500
    planted.ready.add("crash")

    assert post("/v1/crashes", key=KEY).status_code == 200


@pytest.mark.parametrize("body", [b"{", b'{"no": 1}'])
def test_what_does_not_fit_is_not_remembered(post: Post, body: bytes):
    assert post("/v1/notes", data=body, content_type="application/json", key=KEY).status_code in (400, 422)

    assert post("/v1/notes", {"words": "a"}, key=KEY).status_code == 201


def test_who_is_not_let_in_uses_up_no_key(post: Post):
    assert post("/v1/notes", {"words": "a"}, key=KEY, by="mallory").status_code == 401
    assert kept() == []


def test_an_answer_is_sealed_for_its_caller_and_its_key(post: Post):
    post("/v1/notes", {"words": "private"}, key=KEY)
    (row,) = kept()
    alice, bob = planted.person("alice"), planted.person("bob")
    place = f"idempotency.answer/{alice.id}/{KEY}"

    assert b"private" not in row.answer + row.fingerprint
    assert "private" in json.loads(unseal(alice.vault_key, row.answer, place=place))["body"]
    with pytest.raises(InvalidTag):
        unseal(bob.vault_key, row.answer, place=place)
    with pytest.raises(InvalidTag):
        unseal(alice.vault_key, row.answer, place=place + "1")


def test_answers_are_kept_for_thirty_days(post: Post):
    old, young = str(uuid4()), str(uuid4())
    for key in (old, young):
        post("/v1/notes", {"words": key}, key=key)
    days_ago = datetime.now(UTC) - timedelta(days=30)
    with transaction() as db:
        for key, at in ((old, days_ago), (young, days_ago + timedelta(minutes=1))):
            db.execute(update(IdempotencyRecord).where(IdempotencyRecord.key == key).values(created_at=at))

    assert idempotency.forget() == 1
    assert [row.key for row in kept()] == [young]


def test_answers_are_cleared_away_once_a_day(post: Post):
    idempotency.forget()
    post("/v1/notes", {"words": "a"})
    with transaction() as db:
        db.execute(text("update idempotency set created_at = '2020-01-01'"))

    assert idempotency.forget() == 0
    assert len(kept()) == 1
