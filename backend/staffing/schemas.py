"""Staffing on the wire."""

from marshmallow import fields, validate

from backend.identity.schemas import SessionOut, six_digits
from backend.identity.schemas import device as named_device
from backend.kit.fields import Id, In, Moment, Out, Secret, Words
from backend.kit.paging import PageIn, page_out
from backend.staffing.rules import EVER, INVITED, NOW


class ColleagueOut(Out):
    """Somebody at work in a role."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    organisation = Id(
        required=True, allow_none=True, metadata={"description": "the operator or merchant they work for"}
    )
    since = Moment(required=True)
    until = Moment(required=True, allow_none=True, metadata={"description": "when they left"})


class ColleaguesIn(PageIn):
    """Which colleagues."""

    at_work = fields.String(
        load_default=NOW,
        validate=validate.OneOf([NOW, EVER]),
        metadata={"description": "`ever`: also who has left, since what they did still bears their name"},
    )


ColleaguePageOut = page_out(ColleagueOut)


class DepartureIn(In):
    """Why somebody leaves."""

    reason = Words(
        minimum=2, maximum=200, required=True, metadata={"description": "kept in the trail, sealed"}
    )


class InvitationIn(In):
    """Who shall come, and as what."""

    role = fields.String(required=True, validate=validate.OneOf(INVITED))
    name = Words(minimum=1, maximum=80, required=True, metadata={"description": "the person's, sealed"})
    organisation = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the operator of a manager, the merchant of a till"},
    )


class StaffInvitedOut(Out):
    """Somebody who was invited and has not come yet."""

    id = Id(required=True)
    role = fields.String(required=True)
    organisation = Id(required=True, allow_none=True)
    name = fields.String(required=True)
    made_by = Id(required=True)
    made_at = Moment(required=True)
    expires_at = Moment(required=True)


StaffInvitedPageOut = page_out(StaffInvitedOut)


class InvitationOut(StaffInvitedOut):
    """An invitation; nobody can show its code again."""

    code = fields.String(
        required=True, metadata={"description": "for the invited person, by hand or in a link of the app"}
    )


class AcceptAsStaffIn(In):
    """The code, and what one will sign in with."""

    code = Words(minimum=1, maximum=40, required=True)
    username = Words(minimum=1, maximum=64, required=True)
    password = Secret(minimum=1, maximum=200, required=True)
    device = named_device()


class AcceptAsCollectorIn(In):
    """The code, and what one will sign in with."""

    code = Words(minimum=1, maximum=40, required=True)
    number = Words(minimum=1, maximum=20, required=True)
    pin = six_digits()
    device = named_device()


class ArrivedOut(SessionOut):
    """The first session of who was invited."""


class TrailIn(PageIn):
    """Which changes; whatever is left out is not looked at."""

    actor = Id(load_default=None, metadata={"description": "the person who made them"})
    kind = Words(maximum=80, load_default=None, metadata={"description": "such as `colleague.departed`"})
    subject = Words(maximum=200, load_default=None, metadata={"description": "such as `person/018f…`"})
    since = Moment(load_default=None, metadata={"description": "from this moment on"})
    until = Moment(load_default=None, metadata={"description": "before this moment"})


class ChangeOut(Out):
    """One change: who, in which role, what, before and after, why, and from where."""

    id = Id(required=True)
    at = Moment(required=True)
    actor = Id(required=True)
    role = fields.String(required=True)
    session = Id(required=True, allow_none=True)
    request_id = fields.String(required=True, allow_none=True)
    kind = fields.String(
        required=True, metadata={"description": "what a verb calls it, or else the operation's name"}
    )
    subject = fields.String(required=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    address = fields.String(
        required=True, allow_none=True, metadata={"description": "the network it came from, without its host"}
    )
    device = fields.String(required=True, allow_none=True)


TrailPageOut = page_out(ChangeOut)
