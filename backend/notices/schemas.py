"""Notices on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Count, Facts, Id, Moment, Out
from backend.notices.rules import TEMPLATES


class NoticeOut(Out):
    """Something a person is told."""

    id = Id(required=True)
    template = fields.String(required=True, validate=validate.OneOf(list(TEMPLATES)))
    title = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "in the client's language"})
    params = Facts(required=True, metadata={"description": "ids and figures the notice is about"})
    created_at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)


class InboxOut(Out):
    """A page of what a person was told, and how much of all of it is unread."""

    items = fields.List(fields.Nested(NoticeOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    unread = Count(required=True)
