"""Photos that materials are shown with, which staff put up and withdraw."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    MaterialUnknown,
    PhotoAnimated,
    PhotoHasTooManyPixels,
    PhotoKnown,
    PhotoNotFound,
    PhotosTooMany,
    PhotoTooLarge,
    PhotoUnreadable,
    PhotoWithdrawn,
    PictureNotFound,
)
from backend.catalogue.examples import HUNG_PHOTO, HUNG_PHOTO_WITHDRAWN, PHOTO_SAID
from backend.catalogue.queries import HungPhoto
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import HungPhotoOut, HungPhotoPageOut, PhotoIn, PhotosIn, ReasonIn
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page

pictures = Blueprint("pictures", __name__, url_prefix="/photos")
"""The pictures themselves, which stand outside the API as the files of pages do."""

_NEVER = "public, max-age=31536000, immutable"


@blp.get("/photos")
@requires("price_list:read")
@blp.arguments(PhotosIn, location="query")
@blp.response(200, HungPhotoPageOut, example={"items": [HUNG_PHOTO], "next_cursor": None})
@refuses(CursorUnreadable)
def list_photos(args: dict[str, Any]) -> Page[HungPhoto]:
    """List the photos that materials are shown with, of every district."""
    return queries.photos(session(), **args)


@blp.post("/photos")
@requires("material:edit")
@paced(COSTLY)
@idempotent
@blp.arguments(PhotoIn, example=PHOTO_SAID)
@blp.response(201, HungPhotoOut, example=HUNG_PHOTO)
@refuses(MaterialUnknown, PhotoTooLarge, PhotoUnreadable, PhotoHasTooManyPixels, PhotoAnimated)
@refuses(PhotoKnown, PhotosTooMany)
def add_photo(body: dict[str, Any]) -> HungPhoto:
    """Show a material with one more photo to everybody."""
    return service.add_photo(session(), by=actor(), at=now(), **body)


@blp.post("/photos/<uuid:photo_id>/withdrawal")
@requires("material:edit")
@idempotent
@blp.arguments(ReasonIn, example={"reason": "照片里是别的东西。"})
@blp.response(200, HungPhotoOut, example=HUNG_PHOTO_WITHDRAWN)
@refuses(PhotoNotFound, PhotoWithdrawn)
def withdraw_photo(body: dict[str, str], photo_id: UUID) -> HungPhoto:
    """Withdraw a photo that your district has put up; nobody is shown it any more."""
    return service.withdraw_photo(session(), photo_id, by=actor(), at=now(), **body)


@pictures.get("/<string(length=64):digest>.webp")
@public
@refuses(PictureNotFound)
def picture(digest: str) -> Response:
    """Serve a picture, which never changes, as long as some material is shown with it."""
    shown = Response(queries.picture(session(), digest), mimetype="image/webp")
    shown.headers["Cache-Control"] = _NEVER
    shown.set_etag(digest)
    shown.make_conditional(request)
    return shown
