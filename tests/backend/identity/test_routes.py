"""Identity over HTTP: what is committed although it was refused, what leaks nothing, what ends at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from backend.identity import (
    jobs,  # noqa: F401 - registers the handler
    queries,
    service,
)
from backend.identity.models import Guess, OneTimeCode, TokenFamily
from backend.identity.rules import TERMS
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.envelope import blind_index
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent, run
from backend.notices import jobs as notices_jobs  # noqa: F401 - registers the handler
from backend.settings import settings
from tests.conftest import NOWHERE
from tests.makers import (
    ALICE,
    BOB,
    BOUND,
    FIXED_CODE,
    PASSWORD,
    PIN,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
    a_resident,
)

COMMUNITY = f"{YUHANG}001001"
ADDRESS = "文一西路九百六十九号三幢"
SET_UP = {"community": COMMUNITY, "address": ADDRESS, "consent": {"agreed": True, "version": TERMS}}


@pytest.fixture(autouse=True)
def city(app: Flask) -> None:
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
        a_community(db, XIHU)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def a_session(client: FlaskClient, phone: str = ALICE):
    answer = client.post(
        "/v1/sign-in/resident", json={"phone": phone, "request_id": "any", "code": FIXED_CODE}
    )
    assert answer.status_code == 201, answer.json
    return answer.json


def code_of(phone: str) -> str:
    with transaction() as db:
        found = queries.newest_code(db, blind_index(phone))
        assert found is not None
        return found.digits()


def proof(asked: TestResponse, code: str, phone: str = ALICE) -> dict[str, str]:
    """Answer with a code to the request that it was sent for."""
    assert asked.json
    return {"phone": phone, "request_id": asked.json["request_id"], "code": code}


def wrong_codes(right: str) -> list[str]:
    return [guess for n in range(40) if (guess := f"{n:06d}") not in {right, FIXED_CODE}]


def test_a_code_is_sent_and_fits(client):
    with capture_logs() as logs:
        asked = client.post("/v1/sign-in/codes", json={"phone": "161 0000 0001"})
        with transaction() as db:
            event = db.query(OutboxEvent).one().id
        run(str(event))

    message = next(line for line in logs if line["event"] == "text_message")
    (digits,) = re.findall(r"\d{6}", message["text"])
    answer = client.post("/v1/sign-in/resident", json=proof(asked, digits))
    assert message["to"] == ALICE
    assert answer.status_code == 201
    assert answer.json["needs_set_up"] is True


def test_the_answer_is_the_same_whether_or_not_the_number_is_known(client):
    a_session(client, ALICE)

    known = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    unknown = client.post("/v1/sign-in/codes", json={"phone": BOB})
    too_soon = [client.post("/v1/sign-in/codes", json={"phone": phone}) for phone in (ALICE, BOB)]

    assert known.status_code == unknown.status_code == 202
    assert known.json.keys() == unknown.json.keys()
    assert [answer.status_code for answer in too_soon] == [429, 429]
    assert {answer.json["code"] for answer in too_soon} == {"code_too_soon"}
    assert all(55 <= int(answer.headers["Retry-After"]) <= 60 for answer in too_soon)


def test_with_valkey_away_codes_are_held_and_whoever_has_one_comes_in(client, monkeypatch):
    asked = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    monkeypatch.setenv("REDIS_URL", f"redis://{NOWHERE}")
    settings.cache_clear()

    held = client.post("/v1/sign-in/codes", json={"phone": BOB})
    signed_in = client.post("/v1/sign-in/resident", json=proof(asked, code_of(ALICE)))

    assert (held.status_code, held.json["code"]) == (503, "codes_held")
    assert int(held.headers["Retry-After"]) >= 1
    assert signed_in.status_code == 201
    assert client.get("/v1/me", headers=bearer(signed_in.json["access_token"])).status_code == 200
    with transaction() as db:
        assert queries.newest_code(db, blind_index(BOB)) is None


def test_where_a_number_is_in_doubt_each_guess_at_a_proof_is_a_try(client):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        admin = a_member_of_staff(db)
        service.reissue(db, [ALICE], at=utc_now())
        vouch = service.vouch_for(db, alice.id, by=admin, reason="柜台核验", at=utc_now()).code
    asked = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    sent = proof(asked, code_of(ALICE))

    def sign_in(**shown: str) -> tuple[int, str]:
        answer = client.post("/v1/sign-in/resident", json={**sent, **shown})
        return answer.status_code, answer.json.get("code", "")

    assert sign_in() == (409, "number_in_doubt")
    assert [sign_in(vouch=f"{nth:08d}") for nth in range(4)] == [(409, "number_in_doubt")] * 4
    assert sign_in(vouch=vouch) == (401, "one_time_code_wrong")


def test_two_who_ask_at_once_get_one_code(client, app):
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: app.test_client().post("/v1/sign-in/codes", json={"phone": ALICE}).status_code,
                range(4),
            )
        )

    assert sorted(answers) == [202, 429, 429, 429]


def test_a_wrong_code_counts_although_it_is_refused(client):
    asked = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    right = code_of(ALICE)

    for guess in wrong_codes(right)[:5]:
        assert client.post("/v1/sign-in/resident", json=proof(asked, guess)).status_code == 401

    answer = client.post("/v1/sign-in/resident", json=proof(asked, right))
    assert (answer.status_code, answer.json["code"]) == (401, "one_time_code_wrong")


def test_guesses_side_by_side_are_counted_one_by_one(app, client):
    asked = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    right = code_of(ALICE)

    def guess(code: str):
        return app.test_client().post("/v1/sign-in/resident", json=proof(asked, code)).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(guess, wrong_codes(right)[:24]))

    assert set(answers) == {401}
    with transaction() as db:
        assert db.query(OneTimeCode.attempts).scalar() == 5


def test_wrong_pins_count_although_they_are_refused(client):
    with transaction(districts=[YUHANG]) as db:
        a_collector(db)

    for _ in range(5):
        wrong = client.post("/v1/sign-in/collector", json={"number": "C0001", "pin": "000000", **BOUND})
        assert wrong.status_code == 401

    resting = client.post("/v1/sign-in/collector", json={"number": "C0001", "pin": PIN, **BOUND})
    unknown = client.post("/v1/sign-in/collector", json={"number": "C9999", "pin": PIN, **BOUND})
    with transaction() as db:
        assert [guess.failures for guess in db.query(Guess)] == [5, 5]
    assert resting.status_code == unknown.status_code == 401
    assert resting.json | {"request_id": ""} == unknown.json | {"request_id": ""}


def test_a_token_used_twice_ends_the_family_although_it_is_refused(client):
    first = a_session(client)
    second = client.post("/v1/sign-in/refresh", json={"refresh_token": first["refresh_token"]}).json
    third = client.post("/v1/sign-in/refresh", json={"refresh_token": second["refresh_token"]}).json
    assert client.get("/v1/me", headers=bearer(third["access_token"])).status_code == 200

    again = client.post("/v1/sign-in/refresh", json={"refresh_token": first["refresh_token"]})

    assert (again.status_code, again.json["code"]) == (401, "refresh_token_wrong")
    assert client.get("/v1/me", headers=bearer(third["access_token"])).status_code == 401
    newest = client.post("/v1/sign-in/refresh", json={"refresh_token": third["refresh_token"]})
    assert newest.status_code == 401
    with transaction() as db:
        assert db.query(TokenFamily.revoked_at).scalar() is not None


def test_signing_out_ends_the_session_at_once(client):
    session = a_session(client)

    assert client.delete("/v1/sign-in", headers=bearer(session["access_token"])).status_code == 204

    assert client.get("/v1/me", headers=bearer(session["access_token"])).status_code == 401
    refreshed = client.post("/v1/sign-in/refresh", json={"refresh_token": session["refresh_token"]})
    assert refreshed.status_code == 401


def test_a_newcomer_becomes_a_resident_with_the_token_in_hand(client):
    mine = bearer(a_session(client)["access_token"])
    assert client.get("/v1/household", headers=mine).status_code == 403

    answer = client.post("/v1/household", headers=mine, json=SET_UP)

    assert answer.status_code == 201
    assert answer.json["address"] == ADDRESS
    assert client.get("/v1/household", headers=mine).json == answer.json
    me = client.get("/v1/me", headers=mine).json
    assert (me["role"], me["district"], me["household"]) == ("resident", YUHANG, answer.json["id"])
    assert (me["phone_last4"], me["needs_set_up"]) == ("0001", False)
    assert client.post("/v1/household", headers=mine, json=SET_UP).status_code == 409


def test_whoever_asks_reads_the_terms_that_a_consent_names(client):
    answer = client.get("/v1/terms")

    assert answer.status_code == 200
    assert answer.json["version"] == TERMS
    assert all(text for clause in answer.json["items"] for text in clause.values())


def test_two_set_ups_at_once_make_one_household(app, client):
    mine = bearer(a_session(client)["access_token"])

    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda _: app.test_client().post("/v1/household", headers=mine, json=SET_UP).status_code,
                range(4),
            )
        )

    assert sorted(answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address": "  短  "}, "address"),
        ({"address": "长" * 121}, "address"),
        ({"community": "33011"}, "community"),
        ({"consent": {"agreed": False, "version": TERMS}}, "consent.agreed"),
        ({"consent": {"agreed": "yes", "version": TERMS}}, "consent.agreed"),
        ({"consent": {"agreed": True}}, "consent.version"),
        ({"household": "mine"}, "household"),
    ],
)
def test_what_does_not_fit_is_named(client, change, field):
    mine = bearer(a_session(client)["access_token"])

    answer = client.post("/v1/household", headers=mine, json=SET_UP | change)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("phone", ["", "10086", "+85261234567", "0571-88888888", "1" * 40, None, 16100000001])
def test_only_a_mobile_number_gets_a_code(client, phone):
    answer = client.post("/v1/sign-in/codes", json={"phone": phone})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["phone"]


def test_refusals_speak_both_languages(client):
    body = {"number": "C9999", "pin": PIN, **BOUND}

    chinese = client.post("/v1/sign-in/collector", json=body)
    english = client.post("/v1/sign-in/collector", json=body, headers={"Accept-Language": "en"})

    assert "密码" in chinese.json["detail"]
    assert "wrong" in english.json["detail"]


def test_staff_go_on_in_another_of_their_districts(client):
    with transaction(districts=[YUHANG]) as db:
        shop = new_id()
        till = a_member_of_staff(db, role="till", organisation=shop, at=utc_now())
        service.assign(db, person=till.id, district=XIHU, role="till", organisation=shop, at=utc_now())
    here = client.post("/v1/sign-in/staff", json={"username": "zhou.jiu", "password": PASSWORD}).json

    there = client.post(
        "/v1/sign-in/district", headers=bearer(here["access_token"]), json={"district": YUHANG}
    ).json

    assert (here["district"], there["district"]) == (XIHU, YUHANG)
    assert client.get("/v1/me", headers=bearer(here["access_token"])).status_code == 401
    me = client.get("/v1/me", headers=bearer(there["access_token"])).json
    assert [post["district"] for post in me["assignments"]] == [XIHU, YUHANG]
    nowhere = client.post(
        "/v1/sign-in/district", headers=bearer(there["access_token"]), json={"district": "330102"}
    )
    assert nowhere.status_code == 404


def test_residents_stay_in_their_district(client):
    mine = bearer(a_session(client)["access_token"])

    assert client.post("/v1/sign-in/district", headers=mine, json={"district": XIHU}).status_code == 403


def test_nothing_personal_is_stored_in_clear(client, database):
    asked = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    digits = code_of(ALICE)
    session = client.post("/v1/sign-in/resident", json=proof(asked, digits)).json
    client.post("/v1/household", headers=bearer(session["access_token"]), json=SET_UP)
    with transaction(districts=[YUHANG]) as db:
        a_collector(db)

    stored = everything_in(database.admin_url)

    assert COMMUNITY.encode() in stored
    for secret in (
        ALICE,
        ALICE[3:],
        ADDRESS,
        "赵六",
        PIN,
        digits,
        session["access_token"],
        session["refresh_token"],
    ):
        assert secret.encode() not in stored


def everything_in(admin_url: str) -> bytes:
    """Return every value of every row of the platform, as text and as raw bytes."""
    with psycopg.connect(admin_url) as admin:
        tables = admin.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('public', 'ledger')"
        ).fetchall()
        rows = [
            value if isinstance(value, bytes) else str(value).encode()
            for table in tables
            for row in admin.execute(sql.SQL("select * from {}").format(sql.Identifier(*table)))
            for value in row
        ]
    return b"\n".join(rows)


def test_a_code_read_aloud_is_of_no_use_on_another_device(client):
    """ASVS 5.0, 6.6.2: an out-of-band code is bound to the request that it was made for."""
    mine = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    read_aloud = code_of(ALICE)

    for request_id in ("guessed", mine.json["request_id"][:-1]):
        body = proof(mine, read_aloud) | {"request_id": request_id}
        assert client.post("/v1/sign-in/resident", json=body).status_code == 401

    assert client.post("/v1/sign-in/resident", json=proof(mine, read_aloud)).status_code == 201


def test_a_request_is_good_for_its_own_number(client):
    mine = client.post("/v1/sign-in/codes", json={"phone": ALICE})
    client.post("/v1/sign-in/codes", json={"phone": BOB})

    answer = client.post("/v1/sign-in/resident", json=proof(mine, code_of(BOB), phone=BOB))

    assert answer.status_code == 401


def test_devices_are_listed_and_ended_one_by_one(client):
    """ASVS 5.0, 7.4.1 and 7.5.2; OWASP API2."""
    old, this = a_session(client), a_session(client)
    bob = a_session(client, BOB)
    devices = client.get("/v1/me/devices", headers=bearer(this["access_token"])).json["items"]
    assert [device["is_this"] for device in devices] == [True, False]
    other = f"/v1/me/devices/{devices[1]['id']}"

    assert client.delete(other, headers=bearer(bob["access_token"])).status_code == 404
    assert client.delete(other, headers=bearer(this["access_token"])).status_code == 204

    assert client.get("/v1/me", headers=bearer(old["access_token"])).status_code == 401
    body = {"refresh_token": old["refresh_token"]}
    assert client.post("/v1/sign-in/refresh", json=body).status_code == 401
    assert len(client.get("/v1/me/devices", headers=bearer(this["access_token"])).json["items"]) == 1
    assert client.delete(other, headers=bearer(this["access_token"])).status_code == 404


def test_a_sign_in_on_a_new_device_is_told(client):
    """ASVS 5.0, 6.3.5."""
    with transaction(districts=[YUHANG]) as db:
        a_resident(db, at=utc_now())
    for device in ("old phone", "old phone", "new phone"):
        body = {"phone": ALICE, "request_id": "any", "code": FIXED_CODE, "device": device}
        mine = client.post("/v1/sign-in/resident", json=body).json
    with transaction() as db:
        told = [(event.id, event.topic) for event in db.query(OutboxEvent)]
    for event, _ in told:
        run(str(event))

    notices = client.get("/v1/notices", headers=bearer(mine["access_token"])).json["items"]

    assert [topic for _, topic in told] == ["notices.new_device"] * 2
    assert [notice["template"] for notice in notices] == ["identity.new_device"] * 2
    assert "新设备" in notices[0]["text"]


def test_asking_takes_the_same_time_whether_or_not_a_number_is_known(client):
    """ASVS 5.0, 6.3.8: known and unknown by turns, the middle of each differs by less than twofold."""
    numbers = [f"161{one:08d}" for one in range(120)]
    for known in numbers[::2]:
        a_session(client, known)

    took: dict[bool, list[float]] = {True: [], False: []}
    for one, number in enumerate(numbers):
        line = {"REMOTE_ADDR": f"203.0.113.{one}"}
        began = perf_counter()
        asked = client.post("/v1/sign-in/codes", json={"phone": number}, environ_base=line)
        client.post("/v1/sign-in/resident", json=proof(asked, "000000", phone=number))
        took[one % 2 == 0].append(perf_counter() - began)

    assert 0.5 < median(took[True]) / median(took[False]) < 2
