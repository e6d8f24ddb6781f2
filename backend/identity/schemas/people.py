"""A person on the wire."""

from marshmallow import fields, validate

from backend.identity import rules
from backend.identity.schemas import parts
from backend.kit.fields import Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out
from backend.kit.sentences import say

_NOT_FOUR_DIGITS = say("Not four digits.", "应为 4 位数字。")


class AssignmentOut(Out):
    """A role in a district."""

    role = fields.String(required=True)
    district = fields.String(required=True)
    organisation = Id(required=True, allow_none=True)


class MeOut(Out):
    """A person as they see themselves."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    phone_last4 = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(list(rules.ROLES)))
    district = fields.String(required=True, allow_none=True)
    household = Id(required=True, allow_none=True)
    organisation = Id(required=True, allow_none=True)
    needs_set_up = fields.Boolean(required=True)
    next_step = parts.next_step()
    assignments = fields.List(fields.Nested(AssignmentOut), required=True)


class ClauseOut(Out):
    """One thing that is agreed to."""

    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    text_zh = fields.String(required=True)
    text_en = fields.String(required=True)


class TermsOut(Out):
    """The terms and privacy notice in force."""

    version = fields.String(required=True, metadata={"description": "what a consent names"})
    items = fields.List(fields.Nested(ClauseOut), required=True)


class PeopleIn(PageIn):
    """How a number ends."""

    phone_last4 = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9]{4}\Z", error=_NOT_FOUR_DIGITS),
        metadata={"description": "the last four digits"},
    )


class PersonOut(Out):
    """A person as staff find them; what is personal is revealed one by one."""

    id = Id(required=True)
    role = fields.String(required=True)
    phone_last4 = fields.String(required=True, allow_none=True)
    household = Id(required=True, allow_none=True)
    since = Moment(required=True)


PersonPageOut = page_out(PersonOut)


class RevealIn(In):
    """What, and why."""

    what = fields.String(required=True, validate=validate.OneOf(["phone", "name", "address"]))
    reason = Words(minimum=5, maximum=200, required=True, metadata={"description": "the person reads it"})


class RevealedOut(Out):
    """What was asked for."""

    what = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)


class VouchIn(In):
    """Why staff vouch for somebody."""

    reason = Words(minimum=5, maximum=200, required=True, metadata={"description": "the person reads it"})


class VouchedOut(Out):
    """What the person types in where it signs in; nobody can show it again."""

    code = fields.String(required=True, metadata={"description": "eight digits"})
    expires_at = Moment(required=True)


class AccessOut(Out):
    """Who looked at what, or vouched at a sign-in, in which role and for whom, why and when."""

    id = Id(required=True)
    what = fields.String(required=True, metadata={"enum": ["phone", "name", "address", "sign_in"]})
    role = fields.String(required=True)
    organisation = fields.String(
        required=True, allow_none=True, metadata={"description": "the operator they work for"}
    )
    district = fields.String(required=True)
    pickup = Id(required=True, allow_none=True, metadata={"description": "the visit that it was needed for"})
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "what staff gave as reason"}
    )
    at = Moment(required=True)


AccessPageOut = page_out(AccessOut)
