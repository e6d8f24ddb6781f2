"""Drafts on the wire: what all of them have in common."""

from marshmallow import fields, validate

from backend.kit.drafts.rules import State
from backend.kit.fields import Count, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn


class DraftsIn(PageIn):
    """Which drafts."""

    state = fields.String(load_default=None, validate=validate.OneOf([state.value for state in State]))


class ReasonIn(In):
    """Why."""

    reason = Words(minimum=1, maximum=500, required=True)


class DraftedOut(Out):
    """What every draft says of itself."""

    id = Id(required=True)
    title = fields.String(required=True)
    note = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    revision = Count(required=True, metadata={"description": "how often it changed or went a step"})
    digest = fields.String(required=True, metadata={"description": "SHA-256 of what decides payments"})
    simulation = Id(required=True, allow_none=True)
    simulated_at = Moment(required=True, allow_none=True)
    is_simulated = fields.Boolean(
        required=True, metadata={"description": "whether just what it now says was simulated"}
    )
    authors = fields.List(Id(), required=True, metadata={"description": "none of whom decides on it"})
    drafted_by = Id(required=True)
    drafted_at = Moment(required=True)
    submitted_by = Id(required=True, allow_none=True)
    submitted_at = Moment(required=True, allow_none=True)
    approved_by = Id(required=True, allow_none=True)
    approved_at = Moment(required=True, allow_none=True)
    rejected_by = Id(required=True, allow_none=True)
    rejected_at = Moment(required=True, allow_none=True)
    withdrawn_by = Id(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    published_by = Id(required=True, allow_none=True)
    published_at = Moment(required=True, allow_none=True)
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "why it was rejected or withdrawn"}
    )
