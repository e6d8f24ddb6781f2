"""A household on the wire."""

from marshmallow import fields

from backend.identity.schemas.parts import ConsentIn
from backend.kit.fields import Count, Id, In, Moment, Out, Words


class InvitedOut(Out):
    """What lets one person in; nobody can show it again."""

    code = fields.String(required=True)
    expires_at = Moment(required=True)


class JoinIn(In):
    """The invitation, and that one agrees."""

    code = Words(minimum=1, maximum=40, required=True)
    consent = fields.Nested(ConsentIn, required=True)


class CardOut(Out):
    """A card without its code."""

    id = Id(required=True)
    issued_at = Moment(required=True)


class CardsOut(Out):
    """The cards of a household."""

    items = fields.List(fields.Nested(CardOut), required=True)


class CardShownOut(CardOut):
    """A card as it is printed."""

    code = fields.String(required=True)
    qr_svg = fields.String(required=True, metadata={"description": "the code as a picture, an SVG"})


class HouseholdIn(In):
    """Where a household lives, and that it agrees."""

    community = Words(minimum=12, maximum=12, required=True, metadata={"description": "12 digits"})
    address = Words(minimum=5, maximum=120, required=True)
    consent = fields.Nested(ConsentIn, required=True)


class HouseholdOut(Out):
    """A household as its members see it."""

    id = Id(required=True)
    district = fields.String(required=True)
    community = fields.String(required=True)
    community_name = fields.String(required=True)
    address = fields.String(required=True)
    members = Count(required=True)
    opened_at = Moment(required=True)
