"""The way of one bag with the generated client, as a program of its own: `python journey.py BASE_ADDRESS`."""

import sys
from typing import TypeVar
from uuid import uuid4

from lvzhang.api.accounts import accounts_show_accounts, accounts_show_entry
from lvzhang.api.identity import (
    identity_send_code,
    identity_set_up_household,
    identity_sign_in_collector,
    identity_sign_in_resident,
    identity_sign_in_staff,
)
from lvzhang.api.network import network_list_communities, network_list_scales
from lvzhang.api.notices import notices_inbox
from lvzhang.api.pickups import pickups_accept, pickups_arrive, pickups_book, pickups_day, pickups_reveal
from lvzhang.api.rewards import rewards_honour, rewards_list_offers, rewards_picture, rewards_redeem
from lvzhang.api.weighings import (
    weighings_add_lines,
    weighings_confirm,
    weighings_deliver_quote,
    weighings_receipt,
    weighings_record,
    weighings_show,
)
from lvzhang.client import AuthenticatedClient, Client
from lvzhang.models import (
    BookingOutState,
    CodeIn,
    CollectorIn,
    ConsentIn,
    HonouringIn,
    HouseholdIn,
    LineIn,
    LinesIn,
    ProblemOut,
    ReceiptOutState,
    RedemptionIn,
    ResidentIn,
    StaffIn,
    WeighingIn,
)

PHONE, CODE = "16100000009", "246810"
Answer = TypeVar("Answer")


def done(answer: Answer | ProblemOut | None) -> Answer:
    """Return what was answered, unless it is a refusal."""
    assert answer is not None
    assert not isinstance(answer, ProblemOut), answer
    return answer


def key() -> str:
    """Make a key for one effect."""
    return str(uuid4())


def resident(base: str) -> AuthenticatedClient:
    """Sign in with a code and say where the household lives."""
    anybody = Client(base_url=base)
    asked = done(identity_send_code.sync(client=anybody, body=CodeIn(phone=PHONE)))
    proof = ResidentIn(phone=PHONE, request_id=asked.request_id, code=CODE)
    signed_in = done(identity_sign_in_resident.sync(client=anybody, body=proof))
    client = AuthenticatedClient(base_url=base, token=signed_in.access_token)
    [community] = done(network_list_communities.sync("330110", client=client, limit=1)).items
    home = HouseholdIn(
        community=community.code,
        address="示范路9号9幢909室",
        consent=ConsentIn(agreed=True, version="2026-01"),
    )
    done(identity_set_up_household.sync(client=client, body=home))
    return client


def collector(base: str) -> AuthenticatedClient:
    """Sign the collector in."""
    who = CollectorIn(number="C0001", pin="246802", phone_code=CODE)
    signed_in = done(identity_sign_in_collector.sync(client=Client(base_url=base), body=who))
    return AuthenticatedClient(base_url=base, token=signed_in.access_token)


def till(base: str) -> AuthenticatedClient:
    """Sign the shop's till in."""
    who = StaffIn(username="demo-store", password="a demo is not a secret")
    signed_in = done(identity_sign_in_staff.sync(client=Client(base_url=base), body=who))
    return AuthenticatedClient(base_url=base, token=signed_in.access_token)


def agree(household: AuthenticatedClient, collecting: AuthenticatedClient) -> None:
    """Book with an empty body, weigh glass and cardboard, and agree on the points."""
    booked = done(pickups_book.sync(client=household, idempotency_key=key()))
    assert booked.state is BookingOutState.ASSIGNED
    assert booked.collector is not None

    day = done(pickups_day.sync(client=collecting, date=booked.window_start.date()))
    assert booked.id in [stop.id for stop in day.stops]
    assert "909" in done(pickups_reveal.sync(booked.id, client=collecting)).address
    for step in (pickups_accept, pickups_arrive):
        done(step.sync(booked.id, client=collecting, idempotency_key=key()))

    scale = done(network_list_scales.sync(client=collecting)).items[0]
    glass = LineIn(material="glass", gross_grams=5_400, tare_grams=200)
    first = WeighingIn(pickup_id=booked.id, scale_id=scale.id, lines=[glass])
    weighing = done(weighings_record.sync(client=collecting, body=first, idempotency_key=key())).id
    more = LinesIn(lines=[LineIn(material="cardboard", gross_grams=3_000)])
    done(weighings_add_lines.sync(weighing, client=collecting, body=more, idempotency_key=key()))
    done(weighings_deliver_quote.sync(weighing, client=collecting, idempotency_key=key()))

    assert done(weighings_show.sync(weighing, client=household)).confirmation_code
    receipt = done(weighings_confirm.sync(weighing, client=household, idempotency_key=key()))
    assert receipt.state is ReceiptOutState.CONFIRMED
    assert done(weighings_receipt.sync(weighing, client=household)) == receipt
    entry = done(accounts_show_entry.sync(receipt.entry_id, client=household))
    assert entry.facts["weighing"] == str(weighing)
    assert receipt.totals.green_points == 292


def spend(household: AuthenticatedClient, shop: AuthenticatedClient) -> None:
    """Take a reward; the till takes its voucher once."""
    offers = done(rewards_list_offers.sync(client=household)).items
    wanted = RedemptionIn(next(offer.id for offer in offers if offer.price_points == 200))
    taken = done(rewards_redeem.sync(client=household, body=wanted, idempotency_key=key()))
    assert taken.voucher is not None
    assert "<svg" in done(rewards_picture.sync(taken.id, client=household))

    shown = HonouringIn(code=taken.voucher.code)
    done(rewards_honour.sync(client=shop, body=shown, idempotency_key=key()))
    accounts = done(accounts_show_accounts.sync(client=household))
    assert accounts.green.available_points == 92
    again = rewards_honour.sync(client=shop, body=shown, idempotency_key=key())
    assert isinstance(again, ProblemOut)
    assert again.code == "voucher_already_honoured"


def main(base: str) -> None:
    """Go all the way."""
    household = resident(base)
    agree(household, collector(base))
    spend(household, till(base))
    assert done(notices_inbox.sync(client=household)).items


if __name__ == "__main__":
    main(sys.argv[1])
