"""What materials look like, on the wire."""

from marshmallow import fields

from backend.catalogue.schemas.content import Content
from backend.kit.fields import Count, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out

__all__ = ["HungPhotoOut", "HungPhotoPageOut", "PhotoIn", "PhotoOut", "PhotosIn"]

_LONGEST_ALT = 200


class PictureOut(Out):
    """A photo in one of its sizes."""

    url = fields.String(
        required=True,
        metadata={
            "description": "a WebP for everybody, below this platform's own address, which holds the"
            " SHA-256 of its bytes: it may be kept for ever"
        },
    )
    width = Count(required=True)
    height = Count(required=True)


class PhotoOut(Out):
    """What a material looks like."""

    alt_zh = fields.String(required=True, metadata={"description": "for whoever does not see it"})
    alt_en = fields.String(required=True)
    small = fields.Nested(PictureOut, required=True, metadata={"description": "at most 320 dots long"})
    large = fields.Nested(PictureOut, required=True, metadata={"description": "at most 1280 dots long"})


class PhotosIn(PageIn):
    """Of what."""

    material = Words(minimum=1, maximum=40, load_default=None, metadata={"description": "those of one"})


class PhotoIn(In):
    """A photo of a material."""

    material = Words(minimum=1, maximum=40, required=True)
    content = Content(
        required=True,
        letters=1 << 20,  # what a body holds: a photo that is too large is told so by name
        metadata={
            "description": "a JPEG, PNG or WebP of at most 700 KiB and 16 million pixels, in base64;"
            " where and when it was taken is not kept"
        },
    )
    alt_zh = Words(minimum=1, maximum=_LONGEST_ALT, required=True)
    alt_en = Words(minimum=1, maximum=_LONGEST_ALT, required=True)


class HungPhotoOut(PhotoOut):
    """A photo as staff have put it up."""

    id = Id(required=True)
    material = fields.String(required=True)
    district = fields.String(required=True, metadata={"description": "whose staff put it up"})
    added_at = Moment(required=True)
    withdrawn_at = Moment(required=True, allow_none=True)


HungPhotoPageOut = page_out(HungPhotoOut)
