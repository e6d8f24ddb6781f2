"""The trail: changes of staff leave lines that nobody changes, and only some may read (ASVS 16.4.2)."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from backend import cli
from backend.identity import queries as identities
from backend.kit import trail
from backend.kit.auth import Actor, Origin
from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from backend.local.roles import Database
from backend.staffing import jobs, queries
from tests.makers import (
    NOON,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
    a_service_area,
    a_token_of_staff,
)

REASON = "张三的合同到期"
SERVICE = {
    "opens": "09:00",
    "closes": "18:30",
    "promise_minutes": 90,
    "serves_holidays": True,
    "answer_hours": 48,
    "points_months": 24,
    "basis_zh": "区规定",
    "basis_en": "The district's rules",
}


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """An administrator of Yuhang over HTTP, where there is service and a collector."""
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
        a_service_area(db, YUHANG)
        a_collector(db, at=utc_now())
        token = a_token_of_staff(db, at=utc_now())
    client = app.test_client()
    client.environ_base |= {
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "REMOTE_ADDR": "198.51.100.77",
        "HTTP_USER_AGENT": "an office browser",
    }
    return client


def lines(client: FlaskClient, **wanted: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/trail", query_string=wanted)
    assert answer.status_code == 200, answer.get_json()
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def collector(client: FlaskClient) -> str:
    found = client.get("/v1/staff").get_json()["items"]
    return next(str(one["id"]) for one in found if one["role"] == "collector")


def test_a_departure_is_told_with_who_what_why_and_from_where(admin, database: Database):
    who = collector(admin)
    answer = admin.post(f"/v1/staff/{who}/departure", json={"reason": REASON})
    assert answer.status_code == 204

    (line,) = lines(admin, kind="colleague.departed")

    assert line["subject"] == f"person/{who}"
    assert (line["before"], line["after"]) == ({"roles": ["collector"]}, {"roles": []})
    assert (line["role"], line["reason"]) == ("district_admin", REASON)
    assert (line["address"], line["device"]) == ("198.51.100.0/24", "an office browser")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    with psycopg.connect(database.admin_url) as dump:
        stored = dump.execute("select string_agg(t::text, '') from trail t").fetchone()
    assert stored is not None
    assert not any(
        word in stored[0] for word in (REASON, "198.51.100", "browser", "\\\\x" + REASON.encode().hex())
    )


def test_an_edit_tells_what_was_before_and_after(admin):
    seen = admin.get("/v1/service-area")
    admin.put("/v1/service-area", json=SERVICE, headers={"If-Match": seen.headers["ETag"]})

    (line,) = lines(admin, kind="service_area.changed")

    assert (line["before"]["promise_minutes"], line["after"]["promise_minutes"]) == (60, 90)


def test_a_change_of_which_no_verb_speaks_is_told_by_its_operation(admin):
    admin.delete("/v1/sign-in")

    with transaction(districts=[YUHANG]) as db:
        kinds = [(line.kind, line.subject) for line in db.query(TrailLine).order_by(TrailLine.id)]
    assert kinds[-1] == ("identity_sign_out", "/v1/sign-in")
    assert kinds[0][0] == "second_factor.enrolled"


def test_what_was_refused_changed_nothing_and_leaves_no_line(admin):
    before = lines(admin)

    assert admin.post(f"/v1/staff/{new_id()}/departure", json={"reason": REASON}).status_code == 404
    wrong = {"old_password": "not the password", "new_password": "seven lamps by the lake"}
    assert admin.post("/v1/me/password", json=wrong).status_code == 403

    assert lines(admin) == before


def test_the_trail_is_searched_and_paged(db):
    a_community(db, YUHANG)
    admin = a_member_of_staff(db)
    other = a_member_of_staff(db, role="approver", username="other")
    for n in range(3):
        trail.note(db, "test.done", f"thing/{n}", by=admin, at=NOON + timedelta(minutes=n))
    trail.note(db, "test.undone", "thing/1", by=other, at=NOON + timedelta(minutes=9))

    assert told(db, admin, kind="test.done") == ["thing/2", "thing/1", "thing/0"]
    assert told(db, admin, subject="thing/1", actor=other.id) == ["thing/1"]
    assert told(db, admin, since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=2)) == [
        "thing/1"
    ]
    first = queries.trail(db, admin, kind="test.done", cursor=None, limit=2)
    second = queries.trail(db, admin, kind="test.done", cursor=first.next_cursor, limit=2)
    assert [line.subject for line in second.items] == ["thing/0"]


def told(db: Session, by: Actor, **wanted: Any) -> list[str]:
    return [line.subject for line in queries.trail(db, by, **wanted, cursor=None, limit=50).items]


def test_a_district_reads_its_own_trail(db):
    a_community(db, XIHU)
    there = a_member_of_staff(db, district=XIHU, username="there")
    see(db, XIHU)
    trail.note(db, "test.done", "thing/1", by=there, at=NOON)
    db.flush()
    see(db, YUHANG)

    assert db.query(TrailLine).filter(TrailLine.district == XIHU).all() == []


def test_circumstances_open_only_with_the_key_of_who_acted(db):
    a_community(db, YUHANG)
    admin = a_member_of_staff(db)
    origin = Origin("198.51.100.0/24", "browser", "r1")
    by = Actor(
        admin.id, admin.role, admin.scopes, YUHANG, vault_key=identities.key_of(db, admin.id), origin=origin
    )
    trail.note(db, "test.done", "thing/1", by=by, reason=REASON, at=NOON)
    db.flush()

    line = db.query(TrailLine).filter(TrailLine.kind == "test.done").one()

    assert trail.circumstances(line, by.vault_key).reason == REASON
    assert trail.circumstances(line, None) == trail.Circumstances()
    assert REASON.encode() not in (line.circumstances or b"")
    assert json.dumps(REASON).encode() not in (line.circumstances or b"")


NOW, LONG_AGO = timedelta(0), timedelta(days=4 * 366)


@pytest.fixture
def written(database: Database) -> Database:
    """A database with a line of today and one that was kept for its term."""
    with transaction(districts=[YUHANG]) as db:
        for age in (NOW, LONG_AGO):
            trail.note(db, "test.done", "thing/1", by=Actor.system(YUHANG), at=utc_now() - age)
    return database


@pytest.mark.parametrize("role", ["app_url", "owner_url", "admin_url"])
@pytest.mark.parametrize(
    "statement", ["update trail set kind = 'x'", "delete from trail", "truncate trail"], ids=lambda s: s[:6]
)
def test_a_line_is_never_changed_and_goes_by_no_hand(written: Database, role: str, statement: str):
    with psycopg.connect(getattr(written, role)) as connection:
        connection.execute("select set_config('lv.districts', %s, false)", [YUHANG])
        if role == "admin_url":
            connection.execute("set session_replication_role = replica")
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)):
            connection.execute(statement)


def test_a_line_goes_when_it_was_kept_for_three_years_and_that_is_told(written: Database):
    with transaction(districts=[YUHANG]) as db:
        assert trail.forget(db, district=YUHANG, at=utc_now()) == 1

        kept, told = db.query(TrailLine).order_by(TrailLine.id).all()
        assert (kept.kind, told.kind, told.role) == ("test.done", "trail.forgotten", "system")
        assert told.after is not None
        assert told.after["lines"] == 1


def test_the_clock_forgets_in_every_district_once_a_day(written: Database):
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
        a_community(db, XIHU)

    assert (jobs.forget(), jobs.forget()) == (1, 0)


def test_who_is_entered_by_a_command_is_entered_by_the_platform(admin):
    arguments = ["admin", "create", "--username", "chief", "--name", "吴十", "--district", YUHANG]
    assert CliRunner().invoke(cli.cli, arguments).exit_code == 0

    (line,) = lines(admin, kind="colleague.entered")

    assert (line["role"], line["after"]) == ("system", {"role": "district_admin"})
    assert (line["reason"], line["address"]) == (None, None)
