"""Offers, redemptions and vouchers on the wire."""

from typing import Any

from marshmallow import fields

from backend.kit.fields import Count, Day, Id, In, Moment, Out, Points, Words
from backend.kit.paging import PageIn, page_out
from backend.rewards.rules import State


class MerchantOut(Out):
    """Who honours a voucher."""

    id = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    kind = fields.String(required=True)


class MerchantsIn(PageIn):
    """Which merchants."""

    name = Words(maximum=40, load_default="", metadata={"description": "part of the name"})


MerchantPageOut = page_out(MerchantOut)


class OfferOut(Out):
    """What points can buy."""

    id = Id(required=True, attribute="offer.id")
    merchant = fields.Nested(MerchantOut, required=True)
    title_zh = fields.String(required=True, attribute="offer.title_zh")
    title_en = fields.String(required=True, attribute="offer.title_en")
    price_points = Points(required=True, attribute="offer.price_points")
    affordable = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "whether your household can pay it now"}
    )
    stock = Count(required=True, attribute="offer.stock", metadata={"description": "how many are left"})
    per_household_limit = Count(required=True, allow_none=True, attribute="offer.per_household_limit")
    ends_at = Moment(required=True, attribute="offer.ends_at")
    voucher_days = Count(
        required=True,
        attribute="offer.voucher_days",
        metadata={"description": "a voucher is good until the end of the day, so many days on"},
    )
    basis_zh = fields.String(required=True, attribute="offer.basis_zh")
    basis_en = fields.String(required=True, attribute="offer.basis_en")


OfferPageOut = page_out(OfferOut)


class RedemptionIn(In):
    """Which offer to take."""

    offer_id = Id(required=True)


class TitleOut(Out):
    """What was taken."""

    id = Id(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)


class QrAddress(fields.String):
    """Where the code of a redemption's voucher is drawn."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"format": "uri-reference", "description": "the code as a QR picture"}
        super().__init__(metadata=said, **kwargs)

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return f"/v1/redemptions/{value}/voucher.svg"


class VoucherOut(Out):
    """What to show at the till."""

    code = fields.String(required=True)
    qr_url = QrAddress(required=True, attribute="redemption")
    expires_at = Moment(required=True)


class RedemptionOut(Out):
    """An offer that was taken, and how it stands."""

    id = Id(required=True, attribute="redemption.id")
    state = fields.String(
        required=True, attribute="redemption.state", metadata={"enum": [state.value for state in State]}
    )
    points = Points(required=True, attribute="redemption.points")
    offer = fields.Nested(TitleOut, required=True)
    merchant = fields.Nested(MerchantOut, required=True)
    made_at = Moment(required=True, attribute="redemption.made_at")
    ended_at = Moment(required=True, allow_none=True, attribute="redemption.ended_at")
    voucher = fields.Nested(
        VoucherOut, required=True, allow_none=True, metadata={"description": "null once it is over"}
    )


RedemptionPageOut = page_out(RedemptionOut)


class HonouringIn(In):
    """What the till scanned."""

    code = Words(minimum=1, maximum=200, required=True)


class HonouringOut(Out):
    """Yes: hand it over."""

    redemption_id = Id(required=True, attribute="redemption.id")
    title_zh = fields.String(required=True, attribute="offer.title_zh")
    title_en = fields.String(required=True, attribute="offer.title_en")
    points = Points(required=True, attribute="redemption.points")
    honoured_at = Moment(required=True, attribute="redemption.ended_at")


class TakingsIn(PageIn):
    """Of which day, and which page."""

    date = Day(load_default=None, metadata={"description": "left out: today in the city"})


class TakingsOut(Out):
    """What a merchant's tills took on a day: all of it counted, and a page of it."""

    date = fields.Date(required=True)
    vouchers = Count(required=True)
    points = Points(required=True)
    items = fields.List(fields.Nested(HonouringOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
