"""What people call materials, on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out

__all__ = ["SynonymIn", "SynonymOut", "SynonymPageOut", "SynonymsIn"]

_LANGUAGES = ["zh", "en"]


class SynonymsIn(PageIn):
    """Whose words."""

    material = Words(minimum=1, maximum=40, load_default=None, metadata={"description": "those of one"})


class SynonymIn(In):
    """A word for a material."""

    material = Words(minimum=1, maximum=40, required=True)
    word = Words(minimum=1, maximum=40, required=True)
    language = fields.String(required=True, validate=validate.OneOf(_LANGUAGES))


class SynonymOut(Out):
    """A word that a material is found by."""

    id = Id(required=True)
    material = fields.String(required=True)
    word = fields.String(required=True)
    language = fields.String(required=True, metadata={"enum": _LANGUAGES})
    source = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "where the word was read; null is what people here say"},
    )
    district = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "whose staff added it; null is the city's own register"},
    )
    added_at = Moment(required=True)
    withdrawn_at = Moment(required=True, allow_none=True)


SynonymPageOut = page_out(SynonymOut)
