"""A page has its tokens as cookies that no script reads; without the header of our pages they are nothing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.kit.db import transaction
from tests.makers import ALICE, BOB, FIXED_CODE, YUHANG, a_community

APP = {"Lv-Session": "app"}
OUTSIDE = "https://lvzhang.example"


@pytest.fixture(autouse=True)
def city(app: Flask) -> None:
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)


@pytest.fixture
def elsewhere(app: Flask) -> FlaskClient:
    """A browser that keeps no cookies by itself: what it sends is said in the test."""
    return app.test_client(use_cookies=False)


def sign_in(browser: FlaskClient, phone: str = ALICE, **headers: str) -> TestResponse:
    proof = {"phone": phone, "request_id": "any", "code": FIXED_CODE}
    answer = browser.post("/v1/sign-in/resident", json=proof, headers=headers or APP)
    assert answer.status_code == 201, answer.json
    return answer


def set_cookies(answer: TestResponse) -> dict[str, dict[str, str]]:
    """Read each cookie that an answer sets: its value under "", and its attributes."""
    found = {}
    for header in answer.headers.getlist("Set-Cookie"):
        first, *rest = header.split("; ")
        name, _, value = first.partition("=")
        found[name] = {"": value} | {key: said for key, _, said in (each.partition("=") for each in rest)}
    return found


def said(answer: TestResponse) -> dict[str, Any]:
    """Read a body."""
    found: dict[str, Any] = answer.get_json()
    return found


def me(browser: FlaskClient, **headers: str) -> int:
    return browser.get("/v1/me", headers=headers).status_code


def test_a_page_is_known_by_its_cookie_and_sees_no_token(client):
    answer = sign_in(client)

    assert (said(answer)["access_token"], said(answer)["refresh_token"]) == ("", "")
    assert said(answer)["access_expires_at"]
    assert me(client, **APP) == 200


def test_who_asks_for_no_cookie_gets_none(client):
    answer = sign_in(client, **{"Accept-Language": "en"})

    assert said(answer)["access_token"]
    assert set_cookies(answer) == {}


@pytest.mark.parametrize("header", [{}, {"Lv-Session": ""}, {"Lv-Session": "till"}, {"Lv-Session": "APP;"}])
def test_without_the_header_of_its_session_a_cookie_is_nothing(client, header: dict[str, str]):
    sign_in(client)

    answer = client.get("/v1/me", headers=header)

    assert (answer.status_code, said(answer)["code"]) == (401, "not_signed_in")


def test_a_bearer_counts_before_a_cookie(client):
    sign_in(client)

    assert me(client, Authorization="Bearer wrong", **APP) == 401
    assert me(client, Authorization="Basic wrong", **APP) == 401


def test_scripts_and_other_sites_get_none_of_it(elsewhere):
    answer = elsewhere.post(
        "/v1/sign-in/resident",
        json={"phone": ALICE, "request_id": "any", "code": FIXED_CODE},
        headers=APP,
        base_url=OUTSIDE,
    )
    cookies = set_cookies(answer)

    assert set(cookies) == {"__Host-lv-access-app", "__Secure-lv-refresh-app"}
    for cookie in cookies.values():
        assert {"HttpOnly", "Secure"} <= cookie.keys()
        assert cookie["SameSite"] == "Strict"
        assert "Domain" not in cookie
    assert cookies["__Host-lv-access-app"]["Path"] == "/"
    assert cookies["__Secure-lv-refresh-app"]["Path"] == "/v1/sign-in"


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_only_a_developers_own_machine_needs_no_tls(elsewhere, host: str):
    proof = {"phone": ALICE, "request_id": "any", "code": FIXED_CODE}
    answer = elsewhere.post("/v1/sign-in/resident", json=proof, headers=APP, base_url=host)

    assert all("Secure" not in cookie for cookie in set_cookies(answer).values())
    assert set(set_cookies(answer)) == {"lv-access-app", "lv-refresh-app"}


def test_a_cookie_of_the_open_is_none_behind_tls(elsewhere):
    cookies = set_cookies(sign_in(elsewhere))
    sent = f"lv-access-app={cookies['lv-access-app']['']}"

    known = elsewhere.get("/v1/me", headers={**APP, "Cookie": sent})
    unknown = elsewhere.get("/v1/me", headers={**APP, "Cookie": sent}, base_url=OUTSIDE)

    assert (known.status_code, unknown.status_code) == (200, 401)


def test_a_browser_has_several_sessions_side_by_side(client):
    sign_in(client, ALICE)
    sign_in(client, BOB, **{"Lv-Session": "till"})

    names = ("app", "till")
    whose = [said(client.get("/v1/me", headers={"Lv-Session": name}))["phone_last4"] for name in names]

    assert whose == [ALICE[-4:], BOB[-4:]]


def test_refreshing_takes_the_cookie_and_renews_it(client):
    before = set_cookies(sign_in(client))

    refreshed = client.post("/v1/sign-in/refresh", json={}, headers=APP)
    after = set_cookies(refreshed)

    assert refreshed.status_code == 200
    assert said(refreshed)["refresh_token"] == ""
    assert before.keys() == after.keys()
    assert all(before[name][""] != after[name][""] for name in before)
    assert me(client, **APP) == 200


def test_refreshing_without_any_token_is_refused(client):
    sign_in(client)

    answer = client.post("/v1/sign-in/refresh", json={})

    assert (answer.status_code, said(answer)["code"]) == (401, "refresh_token_wrong")


def test_a_token_used_twice_ends_the_session_of_a_page_too(client, elsewhere):
    stolen = {"refresh_token": set_cookies(sign_in(client))["lv-refresh-app"][""]}
    for _ in range(2):  # the second is past the grace of the first
        assert client.post("/v1/sign-in/refresh", json={}, headers=APP).status_code == 200

    assert elsewhere.post("/v1/sign-in/refresh", json=stolen).status_code == 401
    assert me(client, **APP) == 401


def test_signing_out_ends_the_session_and_takes_its_cookies(client):
    tokens = set_cookies(sign_in(client))

    answer = client.delete("/v1/sign-in", headers=APP)

    assert answer.status_code == 204
    assert {name: cookie[""] for name, cookie in set_cookies(answer).items()} == dict.fromkeys(tokens, "")
    assert client.get_cookie("lv-access-app") is None
    assert client.get_cookie("lv-refresh-app", path="/v1/sign-in") is None
    assert me(client, Authorization=f"Bearer {tokens['lv-access-app']['']}") == 401


def test_a_refusal_sets_no_cookie(client):
    wrong: dict[str, Any] = {"phone": ALICE, "request_id": "any", "code": "000000"}

    answer = client.post("/v1/sign-in/resident", json=wrong, headers=APP)

    assert answer.status_code == 401
    assert set_cookies(answer) == {}


@pytest.mark.parametrize("name", ["", "App", "app;", "a" * 17])
def test_a_session_of_no_name_is_refused_where_it_would_begin(client, name: str):
    proof = {"phone": ALICE, "request_id": "any", "code": FIXED_CODE}

    answer = client.post("/v1/sign-in/resident", json=proof, headers={"Lv-Session": name})

    assert (answer.status_code, said(answer)["code"]) == (400, "session_name_malformed")
