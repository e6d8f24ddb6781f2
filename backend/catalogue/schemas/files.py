"""Catalogues as files, on the wire."""

import base64
import binascii
from typing import Any

from marshmallow import ValidationError, fields, validate

from backend.catalogue.schemas.drafts import DraftOut
from backend.kit.fields import Count, Flag, In, Out
from backend.kit.sentences import say

__all__ = ["FileIn", "ImportedOut"]

_MOST_LETTERS = 1_000_000
_NOT_BASE64 = say("Not valid base64.", "应为 base64。")


class _Content(fields.String):
    """The bytes of a file, in base64."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        letters = super()._deserialize(value, *args, **kwargs)
        if len(letters) > _MOST_LETTERS:
            raise ValidationError(_TOO_LONG)
        try:
            return base64.b64decode(letters, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_NOT_BASE64) from None


_TOO_LONG = say("The file is too large.", "文件过大。")


class FileIn(In):
    """A file that a draft is written anew from."""

    format = fields.String(required=True, validate=validate.OneOf(["xlsx", "toml"]))
    content = _Content(
        required=True,
        metadata={
            "description": "the file in base64",
            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "maxLength": _MOST_LETTERS,
        },
    )
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
