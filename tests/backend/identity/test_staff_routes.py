"""Staff over HTTP: from the first password to a whole session, and what is committed although refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from backend import cli
from backend.identity import totp
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from tests.makers import YUHANG, a_community

NEW_PASSWORD = "seven lamps by the lake"


@pytest.fixture(autouse=True)
def city(app: Flask) -> None:
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)


def bearer(session: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


def first_password(*arguments: str) -> str:
    said = CliRunner().invoke(cli.cli, ["admin", *arguments]).output
    (password,) = re.findall(r"another: (\S+)", said)
    return str(password)


def sign_in(client: FlaskClient, password: str) -> Any:
    return client.post("/v1/sign-in/staff", json={"username": "chief", "password": password}).json


def post(client: FlaskClient, session: Any, path: str, body: dict[str, str]) -> Any:
    return client.post(path, headers=bearer(session), json=body).json


def whole_session(client: FlaskClient) -> tuple[str, Any]:
    """Take the way of a new administrator; return the authenticator's secret and the session."""
    first = first_password("create", "--username", "chief", "--name", "周九", "--district", YUHANG)
    session = sign_in(client, first)
    assert session["next_step"] == "new_secret"
    session = post(client, session, "/v1/me/password", {"old_password": first, "new_password": NEW_PASSWORD})
    assert session["next_step"] == "second_factor_enrolment"
    given = post(client, session, "/v1/me/second-factor", {"password": NEW_PASSWORD})
    code = totp.code_at(given["secret"], utc_now() - timedelta(seconds=30))
    done = post(client, session, "/v1/me/second-factor/confirmation", {"code": code})
    assert len(done["recovery_codes"]) == 10
    return given["secret"], done["session"]


def test_a_new_administrator_gets_in_step_by_step(client):
    secret, session = whole_session(client)
    assert client.get("/v1/notices", headers=bearer(session)).status_code == 200

    again = sign_in(client, NEW_PASSWORD)
    half: Any = client.get("/v1/notices", headers=bearer(again))
    proven = post(client, again, "/v1/sign-in/second-factor", {"code": totp.code_at(secret, utc_now())})

    assert (again["next_step"], half.status_code, half.json["code"]) == (
        "second_factor",
        403,
        "sign_in_unfinished",
    )
    assert client.get("/v1/me", headers=bearer(again)).status_code == 401
    assert proven["next_step"] is None
    assert client.get("/v1/notices", headers=bearer(proven)).status_code == 200


def test_wrong_second_factors_count_although_they_are_refused(client):
    secret, _ = whole_session(client)
    half = sign_in(client, NEW_PASSWORD)

    def prove(code: str) -> Any:
        return post(client, half, "/v1/sign-in/second-factor", {"code": code})

    right = totp.code_at(secret, utc_now())
    wrong = next(guess for n in range(9) if (guess := f"{n:06d}") != right)
    assert [prove(wrong)["code"] for _ in range(5)] == ["second_factor_wrong"] * 5
    assert prove(right)["code"] == "second_factor_wrong"


def test_a_reset_ends_every_session_at_once(client):
    _, session = whole_session(client)

    first = first_password("reset", "--username", "chief")

    assert client.get("/v1/me", headers=bearer(session)).status_code == 401
    assert sign_in(client, first)["next_step"] == "new_secret"
    nobody = CliRunner().invoke(cli.cli, ["admin", "reset", "--username", "nobody"])
    assert nobody.exit_code == 1
