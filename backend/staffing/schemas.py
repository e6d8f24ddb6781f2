"""Staffing on the wire."""

from marshmallow import fields

from backend.kit.fields import Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out


class ColleagueOut(Out):
    """Somebody at work in a role."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    organisation = Id(
        required=True, allow_none=True, metadata={"description": "the operator or merchant they work for"}
    )
    since = Moment(required=True)


ColleaguePageOut = page_out(ColleagueOut)


class DepartureIn(In):
    """Why somebody leaves."""

    reason = Words(
        minimum=2, maximum=200, required=True, metadata={"description": "kept in the trail, sealed"}
    )


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
