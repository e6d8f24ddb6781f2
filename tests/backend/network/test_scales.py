"""A register of scales that people keep: what is put on record decides whether a scale may be weighed on."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.network import service as network
from tests.makers import XIHU, YUHANG, a_community, a_token_of_staff

TODAY = utc_now().astimezone(CITY).date()
DAY = timedelta(days=1)
PLATE = {
    "serial": "YH-0001",
    "accuracy_class": "III",
    "min_grams": 400,
    "max_grams": 60_000,
    "interval_grams": 20,
}
PAPER = {
    "number": "HZJL-1",
    "issuer": "某计量院",
    "issued_on": str(TODAY),
    "expires_on": str(TODAY + 364 * DAY),
}


class Register(NamedTuple):
    """A district with two operators, and who keeps its register."""

    admin: FlaskClient
    manager: FlaskClient
    auditor: FlaskClient
    operator: str
    other: str


@pytest.fixture
def register(app: Flask) -> Register:
    operator, other, abroad = new_id(), new_id(), new_id()
    with transaction(districts=[YUHANG, XIHU]) as db:
        for who, district in ((operator, YUHANG), (other, YUHANG), (abroad, XIHU)):
            a_community(db, district)
            network.add_operator(db, id=who, name_zh="某公司", name_en="A company")
            network.register_scale(db, **_planted(district, who))
    return Register(
        _staff(app, "district_admin"),
        _staff(app, "operator_manager", organisation=operator),
        _staff(app, "auditor"),
        str(operator),
        str(other),
    )


def _planted(district: str, operator: UUID) -> dict[str, Any]:
    return {**PLATE, "id": new_id(), "district": district, "serial": f"OLD-{operator}", "operator": operator}


def _staff(app: Flask, role: Any, *, organisation: UUID | None = None) -> FlaskClient:
    with transaction(districts=[YUHANG]) as db:
        name = role.replace("_", "-")
        token = a_token_of_staff(db, role=role, username=name, organisation=organisation, at=utc_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def send(client: FlaskClient, address: str, body: dict[str, Any], *, tag: str = "*") -> TestResponse:
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": tag, "Accept-Language": "en"}
    return client.post(f"/v1{address}", json=body, headers=headers)


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def a_scale(register: Register, **said: Any) -> str:
    """Register a scale; return its address."""
    answer = send(register.manager, "/scales", PLATE | said)
    assert answer.status_code == 201, answer.text
    return f"/scales/{answer.get_json()['id']}"


def certified(register: Register, scale: str, **said: Any) -> str:
    answer = send(register.manager, f"{scale}/certificates", PAPER | said)
    assert answer.status_code == 201, answer.text
    return f"/certificates/{answer.get_json()['id']}"


def look(client: FlaskClient, address: str) -> Any:
    answer = client.get(f"/v1{address}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def standing(register: Register, scale: str) -> str:
    return str(look(register.auditor, scale)["standing"])


def serials(client: FlaskClient, query: str = "") -> list[str]:
    return [item["serial"] for item in look(client, f"/scales?{query}")["items"]]


def test_a_scale_is_used_once_it_is_certified(register: Register):
    scale = a_scale(register)
    assert standing(register, scale) == "uncertified"

    certified(register, scale)

    shown = look(register.admin, scale)
    assert (shown["standing"], shown["certificate"]) == ("in_use", "HZJL-1")
    assert shown["certified_until"] == PAPER["expires_on"]
    (kept,) = look(register.auditor, f"{scale}/certificates")["items"]
    assert kept["recorded_by"] is not None


def test_the_newest_verification_counts_however_long_an_older_one_holds(register: Register):
    scale = a_scale(register)
    certified(register, scale, issued_on=str(TODAY - DAY), expires_on=str(TODAY + 300 * DAY))
    wrong = certified(register, scale, number="HZJL-2", expires_on=str(TODAY + 9 * DAY))
    certified(
        register, scale, number="HZJL-0", issued_on=str(TODAY - 9 * DAY), expires_on=str(TODAY + 350 * DAY)
    )
    assert look(register.admin, scale)["certificate"] == "HZJL-2"

    gone = send(register.admin, f"{wrong}/withdrawal", {"reason": "有效期录入错误"})

    assert gone.get_json()["withdrawn_reason"] == "有效期录入错误"
    assert look(register.admin, scale)["certificate"] == "HZJL-1"
    certified(register, scale, number="HZJL-2")
    numbers = [each["number"] for each in look(register.admin, f"{scale}/certificates")["items"]]
    assert numbers == ["HZJL-2", "HZJL-2", "HZJL-1", "HZJL-0"]
    assert told(send(register.admin, f"{wrong}/withdrawal", {"reason": "再次"})) == (
        409,
        "certificate_withdrawn",
    )


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"issued_on": str(TODAY + DAY)}, 422, "certificate_not_yet_issued"),
        ({"expires_on": str(TODAY)}, 422, "certificate_ends_before_it_begins"),
        ({"expires_on": str(TODAY - DAY)}, 422, "certificate_ends_before_it_begins"),
        ({"expires_on": str(TODAY + 367 * DAY)}, 422, "certificate_too_long"),
        ({"expires_on": "2026-02-30"}, 422, "invalid"),
        ({"number": ""}, 422, "invalid"),
        ({"number": "C-TAKEN"}, 409, "certificate_number_taken"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused(
    register: Register, wrong: dict[str, Any], status: int, code: str
):
    scale = a_scale(register)
    certified(register, a_scale(register, serial="YH-0002"), number="C-TAKEN")

    assert told(send(register.admin, f"{scale}/certificates", PAPER | wrong)) == (status, code)
    assert look(register.admin, f"{scale}/certificates")["items"] == []


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"serial": "YH-0001"}, 409, "scale_serial_taken"),
        ({"serial": "YH 0001"}, 422, "invalid"),
        ({"serial": "YH-0002\n"}, 422, "invalid"),
        ({"accuracy_class": "II"}, 422, "invalid"),
        ({"min_grams": 60_000}, 422, "scale_range_impossible"),
        ({"interval_grams": 10**9}, 422, "scale_range_impossible"),
        ({"interval_grams": 0}, 422, "invalid"),
        ({"max_grams": 10**12}, 422, "invalid"),
        ({"operator": str(uuid4())}, 404, "operator_not_found"),
        ({"operator": None}, 404, "operator_not_found"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(register: Register, wrong: dict[str, Any], status: int, code: str):
    a_scale(register)
    body = {**PLATE, "serial": "YH-0002", "operator": register.operator, **wrong}

    assert told(send(register.admin, "/scales", body)) == (status, code)


def test_an_operator_has_its_own_scales_only(register: Register):
    theirs = send(register.admin, "/scales", PLATE | {"operator": register.other}).get_json()["id"]
    mine = a_scale(register, serial="YH-0002")

    assert serials(register.manager) == [f"OLD-{register.operator}", "YH-0002"]
    assert len(serials(register.admin)) == 4
    assert [one["id"] for one in look(register.manager, "/operators")["items"]] == [register.operator]
    assert {one["id"] for one in look(register.admin, "/operators")["items"]} == {
        register.operator,
        register.other,
    }
    foreign = send(register.manager, "/scales", PLATE | {"serial": "X", "operator": register.other})
    assert told(foreign) == (404, "operator_not_found")
    assert register.manager.get(f"/v1/scales/{theirs}").status_code == 404
    for verb, body in (("certificates", PAPER), ("checks", {"nominal_grams": 20_000, "read_grams": 20_000})):
        assert told(send(register.manager, f"/scales/{theirs}/{verb}", body)) == (404, "scale_not_found")
        assert told(send(register.auditor, f"{mine}/{verb}", body)) == (403, "scope_missing")


def test_a_scale_that_fails_is_out_of_use_until_it_passes_or_is_verified(register: Register):
    scale = a_scale(register)
    certified(register, scale)

    def check(read: int) -> Any:
        return send(
            register.manager, f"{scale}/checks", {"nominal_grams": 20_000, "read_grams": read}
        ).get_json()

    assert check(20_020)["passed"] is True
    failed = check(20_040)
    assert (failed["passed"], failed["permissible_milligrams"]) == (False, 20_000)
    assert standing(register, scale) == "out_of_use"
    assert check(20_000)["passed"] is True
    assert standing(register, scale) == "in_use"

    check(0)
    answer = certified(register, scale, number="HZJL-2")
    assert standing(register, scale) == "in_use"
    send(register.admin, f"{answer}/withdrawal", {"reason": "录错了秤"})
    assert standing(register, scale) == "out_of_use"
    read = [each["read_grams"] for each in look(register.auditor, f"{scale}/checks?limit=3")["items"]]
    assert read == [0, 20_000, 20_040]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"nominal_grams": 380, "read_grams": 380}, "check_weight_out_of_range"),
        ({"nominal_grams": 60_020, "read_grams": 60_020}, "check_weight_out_of_range"),
        ({"nominal_grams": 20_000, "read_grams": 20_010}, "check_reading_impossible"),
        ({"nominal_grams": 20_000, "read_grams": -20}, "invalid"),
        ({"nominal_grams": 20_000}, "invalid"),
    ],
)
def test_a_check_that_cannot_be_is_refused(register: Register, body: dict[str, int], code: str):
    scale = a_scale(register)

    assert told(send(register.manager, f"{scale}/checks", body)) == (422, code)
    assert look(register.admin, scale)["checked_at"] is None


def test_a_retired_scale_is_left_alone_until_it_is_brought_back(register: Register):
    scale = a_scale(register)
    certified(register, scale)
    tag = register.manager.get(f"/v1{scale}").headers["ETag"]
    send(register.manager, f"{scale}/checks", {"nominal_grams": 400, "read_grams": 400})
    assert told(send(register.manager, f"{scale}/retirement", {"reason": "报废"}, tag=tag)) == (
        412,
        "changed_meanwhile",
    )

    gone = send(register.manager, f"{scale}/retirement", {"reason": "报废"})

    assert (gone.get_json()["standing"], gone.get_json()["retired_reason"]) == ("retired", "报废")
    for verb, body in (("certificates", PAPER), ("retirement", {"reason": "又"})):
        assert told(send(register.admin, f"{scale}/{verb}", body)) == (409, "scale_retired")
    back = send(register.admin, f"{scale}/reinstatement", {"reason": "误操作"}, tag=gone.headers["ETag"])
    assert back.get_json()["standing"] == "in_use"
    assert told(send(register.admin, f"{scale}/reinstatement", {"reason": "又"})) == (
        409,
        "scale_not_retired",
    )


def test_the_register_is_searched_by_how_scales_stand(register: Register):
    days = {"SOON": 5, "EDGE": 30, "LATE": 31, "GONE": -1}
    for serial, left in days.items():
        scale = a_scale(register, serial=serial)
        ends, begun = TODAY + left * DAY, TODAY - 100 * DAY
        certified(register, scale, number=serial, issued_on=str(begun), expires_on=str(ends))
    send(register.admin, f"{a_scale(register, serial='SOLD')}/retirement", {"reason": "出售"})
    broken = a_scale(register, serial="OFF")
    send(register.admin, f"{broken}/checks", {"nominal_grams": 20_000, "read_grams": 0})

    found = {
        how: serials(register.manager, f"standing={how}") for how in ("expired", "retired", "out_of_use")
    }
    assert found == {"expired": ["GONE"], "retired": ["SOLD"], "out_of_use": ["OFF"]}
    assert serials(register.manager, "standing=in_use") == ["EDGE", "LATE", "SOON"]
    assert serials(register.manager, "expires_within_days=30") == ["EDGE", "SOON"]
    assert serials(register.manager, "serial=o") == [
        "GONE",
        "OFF",
        f"OLD-{register.operator}",
        "SOLD",
        "SOON",
    ]
    assert serials(register.manager, "standing=uncertified") == [f"OLD-{register.operator}"]
    first = look(register.manager, "/scales?limit=4")
    rest = look(register.manager, f"/scales?limit=4&cursor={first['next_cursor']}")
    assert len(first["items"]) == 4
    assert [one["serial"] for one in rest["items"]] == ["OLD-" + register.operator, "SOLD", "SOON"]


@pytest.mark.parametrize("query", ["standing=broken", "expires_within_days=400", "limit=0", "cursor=%22"])
def test_a_search_that_makes_no_sense_is_refused(register: Register, query: str):
    assert register.admin.get(f"/v1/scales?{query}").status_code in (400, 422)


def test_what_is_on_record_stays_as_it_is(register: Register):
    scale = a_scale(register)
    certified(register, scale)
    send(register.admin, f"{scale}/checks", {"nominal_grams": 400, "read_grams": 400})
    changes = (
        "update certificate set expires_on = expires_on + 1 where recorded_at is not null",
        "delete from certificate",
        "update scale_check set read_grams = 0",
        "delete from scale_check",
    )
    for change in changes:
        with pytest.raises(DBAPIError) as refused, transaction(districts=[YUHANG]) as db:
            db.execute(text(change))
        assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)
