"""Catalogues as files, on the wire."""

from marshmallow import fields, validate

from backend.catalogue.schemas.content import Content
from backend.catalogue.schemas.drafts import DraftOut
from backend.kit.fields import Count, Flag, In, Out

__all__ = ["FileIn", "ImportedOut"]


class FileIn(In):
    """A file that a draft is written anew from."""

    format = fields.String(required=True, validate=validate.OneOf(["xlsx", "toml"]))
    content = Content(required=True, metadata={"description": "the file in base64"})
    check_only = Flag(
        load_default=False, metadata={"description": "whether to tell what is wrong and leave all as it is"}
    )


class RowFlawOut(Out):
    """What keeps a file from being taken."""

    sheet = fields.String(required=True)
    row = Count(
        required=True,
        metadata={"description": "in Excel as it counts, headings first; in TOML the nth; 0 is the whole"},
    )
    column = fields.String(required=True, metadata={"description": "empty is the whole row"})
    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class ImportedOut(Out):
    """What came of a file."""

    taken = fields.Boolean(
        required=True, metadata={"description": "false, with nothing changed, after a check or for a flaw"}
    )
    flaws = fields.List(fields.Nested(RowFlawOut), required=True)
    new_synonyms = Count(required=True, metadata={"description": "words that are new, or would be"})
    draft = fields.Nested(DraftOut, required=True, metadata={"description": "as it stands now"})
