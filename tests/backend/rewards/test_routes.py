"""Rewards and accounts over HTTP."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.identity import service as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from tests.backend.rewards.test_voucher import rasterised
from tests.makers import (
    ALICE,
    BOB,
    FIXED_CODE,
    PASSWORD,
    YUHANG,
    a_member_of_staff,
    a_merchant,
    a_resident,
    an_offer,
    some_points,
)

DAY = timedelta(days=1)


def made(key: list[object]) -> str:
    """Write a cursor as we would, for a place that no list has."""
    return urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode()


class Caller:
    """Somebody with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def get(self, path: str) -> TestResponse:
        """Ask."""
        return self.client.get(path, headers=self._headers())

    def post(self, path: str, body: object = None, *, key: str) -> TestResponse:
        """Do something, under a key."""
        return self.client.post(path, json=body, headers={**self._headers(), "Idempotency-Key": key})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}


@pytest.fixture
def shop(app: Flask) -> UUID:
    """A shop."""
    with transaction() as db:
        return a_merchant(db)


@pytest.fixture
def alice(app: Flask) -> Caller:
    """A resident with 292 points."""
    with transaction(districts=[YUHANG]) as db:
        some_points(db, a_resident(db).home(), 292)
        session = identity.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=utc_now())
    return Caller(app.test_client(), session.access_token)


@pytest.fixture
def bob(app: Flask) -> Caller:
    """A resident of another household."""
    with transaction(districts=[YUHANG]) as db:
        a_resident(db, phone=BOB, name="鲍勃")
        session = identity.sign_in_resident(db, phone=BOB, code=FIXED_CODE, at=utc_now())
    return Caller(app.test_client(), session.access_token)


@pytest.fixture
def till(app: Flask, alice: Caller, shop: UUID) -> Caller:
    """The shop's till."""
    with transaction(districts=[YUHANG]) as db:
        a_member_of_staff(db, role="till", username="Sun.Ba", organisation=shop)
        session = identity.sign_in_staff(db, username="Sun.Ba", password=PASSWORD, at=utc_now())
    return Caller(app.test_client(), session.access_token)


@pytest.fixture
def offer(alice: Caller, shop: UUID) -> str:
    """A voucher for 200 points."""
    with transaction(districts=[YUHANG]) as db:
        return str(an_offer(db, merchant=shop, starts_at=utc_now() - DAY, ends_at=utc_now() + DAY))


@pytest.fixture
def taken(alice: Caller, offer: str) -> Any:
    """Alice's redemption of the voucher, as she was answered."""
    return alice.post("/v1/redemptions", {"offer_id": offer}, key="first").get_json()


def test_an_offer_says_whether_it_can_be_paid(alice, bob, till, offer):
    shown = [caller.get("/v1/offers").get_json()["items"][0] for caller in (alice, bob, till)]

    assert [one["affordable"] for one in shown] == [True, False, None]
    assert (shown[0]["id"], shown[0]["price_points"], shown[0]["merchant"]["kind"]) == (offer, 200, "shop")


def test_redeeming_twice_under_one_key_redeems_once(alice, offer, taken):
    again = alice.post("/v1/redemptions", {"offer_id": offer}, key="first")

    assert (again.status_code, again.get_json()) == (201, taken)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert alice.get("/v1/accounts").get_json()["green"] == {
        "points": 292,
        "held_points": 200,
        "available_points": 92,
        "owed_points": 0,
        "next_lapse": None,
    }


def test_too_few_points_is_said_with_what_there_is(alice, offer, taken):
    refused = alice.post("/v1/redemptions", {"offer_id": offer}, key="second")

    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_enough_points")
    assert "92 are available" in refused.get_json()["detail"]
    assert alice.get("/v1/offers").get_json()["items"][0]["stock"] == 9


def test_the_picture_scans_as_the_code(alice, taken):
    drawn = alice.get(taken["voucher"]["qr_url"])

    assert drawn.mimetype == "image/svg+xml"
    assert [found.text for found in zxingcpp.read_barcodes(rasterised(drawn.data))] == [
        taken["voucher"]["code"]
    ]


def test_a_redemption_and_its_picture_are_one_households_own(alice, bob, taken):
    own = f"/v1/redemptions/{taken['id']}"

    assert alice.get(own).get_json() == taken
    assert [bob.get(path).status_code for path in (own, f"{own}/voucher.svg")] == [404, 404]
    assert bob.post(f"{own}/cancellation", key="mine").get_json()["code"] == "redemption_not_found"
    assert bob.get("/v1/redemptions").get_json() == {"items": [], "next_cursor": None}


def test_a_till_is_told_yes_once(till, taken):
    body = {"code": taken["voucher"]["code"]}

    yes, replayed, no = (till.post("/v1/vouchers/honouring", body, key=key) for key in ("a", "a", "b"))

    assert (yes.status_code, yes.get_json()["points"], yes.get_json()["title_zh"]) == (200, 200, "2元代金券")
    assert replayed.get_json() == yes.get_json()
    assert (no.status_code, no.get_json()["code"]) == (409, "voucher_already_honoured")


def test_a_day_at_the_till_is_counted_and_listed(till, taken, shop):
    empty = till.get("/v1/vouchers/takings").get_json()
    yes = till.post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"]}, key="a").get_json()

    today, before = (
        till.get(f"/v1/vouchers/takings{query}").get_json() for query in ("", "?date=2026-01-01")
    )

    assert (empty["vouchers"], empty["points"], empty["items"]) == (0, 0, [])
    assert (today["vouchers"], today["points"], today["items"]) == (1, 200, [yes])
    assert (before["vouchers"], before["date"]) == (0, "2026-01-01")


def test_a_forged_code_is_refused(till, taken):
    refused = till.post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"][:-1] + "7"}, key="a")

    assert (refused.status_code, refused.get_json()["code"]) == (422, "voucher_forged")


def test_residents_honour_nothing_and_tills_redeem_nothing(alice, till, offer, taken):
    body = {"code": taken["voucher"]["code"]}

    assert alice.post("/v1/vouchers/honouring", body, key="a").status_code == 403
    assert till.post("/v1/redemptions", {"offer_id": offer}, key="a").status_code == 403


def test_giving_back_shows_no_voucher_any_more(alice, taken):
    given_back = alice.post(f"/v1/redemptions/{taken['id']}/cancellation", key="back").get_json()

    assert (given_back["state"], given_back["voucher"]) == ("cancelled", None)
    assert alice.get(taken["voucher"]["qr_url"]).get_json()["code"] == "redemption_ended"


def test_a_statement_leads_to_entries_and_their_facts(alice, bob, till, taken):
    till.post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"]}, key="a")

    lines = alice.get("/v1/accounts/green/entries").get_json()["items"]
    entry = alice.get(f"/v1/entries/{lines[0]['entry_id']}").get_json()

    assert [(line["points"], line["points_after"]) for line in lines] == [(-200, 92), (292, 292)]
    assert lines[0]["reference"] == {"noun": "redemption", "id": taken["id"]}
    assert lines[0]["title_en"] == "Redemption: voucher used"
    assert [posting["amount"] for posting in entry["postings"]] == [200]
    assert entry["settles"] == [{"hold": taken["id"], "amount": None}]
    assert bob.get(f"/v1/entries/{entry['id']}").get_json()["code"] == "entry_not_found"
    assert alice.get("/v1/accounts/carbon/entries").get_json()["items"] == []


def test_a_statement_asks_once_after_the_token(alice, statements):
    alice.get("/v1/accounts/green/entries")

    assert len(statements) == 2  # who is asking, and the page


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "W10", made([10**40]), made([10**40, UUID(int=1)])])
def test_a_cursor_that_nobody_gave_is_refused(alice, cursor):
    for path in ("/v1/accounts/green/entries", "/v1/redemptions", "/v1/offers"):
        assert alice.get(f"{path}?cursor={cursor}").get_json()["code"] == "cursor_unreadable"
