"""Materials on the wire."""

from marshmallow import fields

from backend.catalogue.schemas.photos import PhotoOut
from backend.kit.fields import Out, Words
from backend.kit.paging import PageIn, page_out

__all__ = ["BasisOut", "MaterialOut", "MaterialPageOut", "MaterialsIn"]


class MaterialsIn(PageIn):
    """Which materials."""

    q = Words(
        maximum=40,
        load_default="",
        metadata={
            "description": "what somebody calls it: a name, a synonym, or a part of these or of a hint"
        },
    )


class BasisOut(Out):
    """Where a figure or a class comes from."""

    grade = fields.String(
        required=True,
        metadata={
            "enum": ["A", "B", "C", "assumption"],
            "description": "A: official text read directly. B: official, through a third party or a named"
            " newspaper. C: secondary. assumption: made up for the demo, and says so",
        },
    )
    source = fields.String(required=True, allow_none=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class CalledOut(Out):
    """What people call something."""

    word = fields.String(required=True)
    language = fields.String(required=True, metadata={"enum": ["zh", "en"]})


class MaterialOut(Out):
    """Something a resident may want to hand over."""

    key = fields.String(required=True, metadata={"description": "stable; lines of a weighing name it"})
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    category = fields.String(required=True)
    accepted = fields.Boolean(required=True)
    refusal_zh = fields.String(required=True, allow_none=True, metadata={"description": "why not"})
    refusal_en = fields.String(required=True, allow_none=True)
    goes_to = fields.String(required=True, allow_none=True, metadata={"description": "which other bin"})
    hint_zh = fields.String(required=True)
    hint_en = fields.String(required=True)
    low_value = fields.String(
        required=True, allow_none=True, metadata={"description": "its class in the low-value guide"}
    )
    basis = fields.Nested(BasisOut, required=True)
    photos = fields.List(
        fields.Nested(PhotoOut), required=True, metadata={"description": "what it looks like"}
    )


class FoundMaterialOut(MaterialOut):
    """A material, with the words that it is found by."""

    also_called = fields.List(
        fields.Nested(CalledOut), required=True, metadata={"description": "the words that it is found by"}
    )


MaterialPageOut = page_out(FoundMaterialOut)
