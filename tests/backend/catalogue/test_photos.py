"""What materials look like: who shows it, to whom, and what becomes of the file that somebody sent."""

import base64
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

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
from backend.catalogue.models import PictureRow
from backend.catalogue.rules.pictures import LARGE, MOST_BYTES, SMALL, made_of
from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.errors import Problem
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from tests.makers import (
    DRAFTER,
    NOON,
    XIHU,
    YUHANG,
    a_community,
    a_material,
    a_photo,
    a_picture,
    a_price_list,
    a_rate,
    a_token_of_staff,
    an_actor,
)

ADMIN = an_actor(DRAFTER)
FOREIGNER = an_actor(DRAFTER, district=XIHU)
GPS, DATE_TIME, ORIENTATION, MODEL = 0x8825, 0x0132, 0x0112, 0x0110
WHERE = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>30.273N 119.96E</x:xmpmeta>"


def from_a_phone(size: tuple[int, int] = (1_600, 1_200)) -> bytes:
    """A JPEG that says where, when and with what it was taken, and that it lies on its side."""
    photo = Image.new("RGB", size, "white")
    photo.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL], exif[DATE_TIME] = 6, "Phone 9", "2026:11:16 12:00:00"
    exif.get_ifd(GPS).update({1: "N", 2: (30.0, 16.0, 23.0), 3: "E", 4: (119.0, 57.0, 36.0)})
    taken = BytesIO()
    photo.save(taken, "JPEG", exif=exif, xmp=WHERE, comment=b"at my door")
    return taken.getvalue()


def saved(format: str, *frames: Image.Image, **options: Any) -> bytes:
    made = BytesIO()
    frames[0].save(made, format, save_all=len(frames) > 1, append_images=frames[1:], **options)
    return made.getvalue()


def a_bomb(width: int, height: int) -> bytes:
    """A PNG that says that it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


RED, BLUE = (Image.new("RGB", (64, 48), colour) for colour in ("red", "blue"))


def test_nothing_of_where_and_when_it_was_taken_is_left():
    taken = from_a_phone()
    with Image.open(BytesIO(taken)) as before:
        assert before.getexif().get_ifd(GPS)[2] == (30.0, 16.0, 23.0)
        assert {"exif", "xmp", "comment"} <= before.info.keys()

    small, large = made_of(taken)

    for size, longest in ((small, SMALL), (large, LARGE)):
        with Image.open(BytesIO(size.content)) as image:
            assert (image.format, image.size) == ("WEBP", (size.width, size.height))
            assert max(image.size) == longest
            assert not image.getexif()
            assert not image.info.keys() & {"exif", "xmp", "comment", "icc_profile"}
        assert not any(word in size.content for word in (b"EXIF", b"Exif", b"XMP", b"Phone", b"119", b"door"))


def test_what_lay_on_its_side_stands_upright():
    _, large = made_of(from_a_phone())

    image = Image.open(BytesIO(large.content)).convert("RGB")
    assert (large.width, large.height) == (LARGE * 3 // 4, LARGE)
    top, bottom = image.getpixel((480, 100)), image.getpixel((480, 1_180))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[1] < 60, bottom[1] > 200) == (True, True)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(a_picture("red", (200, 100), "JPEG"), (200, 100), id="jpeg"),
        pytest.param(a_picture("red", (2_000, 1_000), "WEBP"), (1_280, 640), id="webp"),
        pytest.param(saved("PNG", Image.new("RGBA", (90, 90))), (90, 90), id="png-seen-through"),
        pytest.param(saved("PNG", Image.new("P", (9, 9))), (9, 9), id="png-of-few-colours"),
        pytest.param(saved("JPEG", Image.new("CMYK", (9, 9))), (9, 9), id="jpeg-for-print"),
        pytest.param(saved("MPO", RED, BLUE), (64, 48), id="jpeg-with-depth"),
        pytest.param(a_picture("red", (5_000, 1)), (1_280, 1), id="thin"),
    ],
)
def test_what_cameras_and_programs_write_is_taken(content: bytes, size: tuple[int, int]):
    _, large = made_of(content)

    assert (large.width, large.height) == size
    assert made_of(content)[1].digest == large.digest


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"", PhotoUnreadable, id="nothing"),
        pytest.param(b"%PDF-1.7 a paper", PhotoUnreadable, id="no-picture"),
        pytest.param(saved("GIF", RED), PhotoUnreadable, id="gif"),
        pytest.param(saved("TIFF", RED), PhotoUnreadable, id="tiff"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoUnreadable, id="svg"),
        pytest.param(from_a_phone()[:9_000], PhotoUnreadable, id="half-a-jpeg"),
        pytest.param(a_picture()[:-30], PhotoUnreadable, id="half-a-png"),
        pytest.param(a_picture(format="WEBP")[:60], PhotoUnreadable, id="half-a-webp"),
        pytest.param(a_bomb(60, 60), PhotoUnreadable, id="png-without-dots"),
        pytest.param(a_bomb(4_001, 4_000), PhotoHasTooManyPixels, id="many"),
        pytest.param(a_bomb(60_000, 60_000), PhotoHasTooManyPixels, id="bomb"),
        pytest.param(saved("PNG", RED, BLUE), PhotoAnimated, id="moving-png"),
        pytest.param(saved("WEBP", RED, BLUE), PhotoAnimated, id="moving-webp"),
        pytest.param(bytes(MOST_BYTES + 1), PhotoTooLarge, id="large"),
    ],
)
def test_what_is_no_photo_is_refused_by_name(content: bytes, problem: type[Problem]):
    with pytest.raises(problem):
        made_of(content)


@pytest.mark.parametrize("ask", [queries.search, queries.price_list], ids=["search", "price-list"])
def test_photos_come_with_the_materials_in_the_same_statements(
    db: Session, statements: list[str], ask: Callable[..., object]
):
    a_price_list(db, a_rate("glass", market=1), a_rate("cardboard", market=2))
    asked: dict[Any, list[Any]] = {
        queries.search: [{"q": "", "cursor": None, "limit": 100}],
        queries.price_list: [{"at": NOON}],
    }
    arguments = (db, YUHANG) if ask is queries.price_list else (db,)

    def cost() -> int:
        db.expire_all()
        statements.clear()
        ask(*arguments, **asked[ask][0])
        return len(statements)

    before = cost()
    for material in ("glass", "cardboard"):
        for colour in ("white", "black"):
            a_photo(db, material, content=a_picture(colour))

    assert cost() == before


def test_everybody_sees_them_in_the_order_in_which_they_were_put_up(db: Session):
    a_price_list(db, a_rate("glass", market=1), a_rate("cardboard", market=2))
    see(db, YUHANG, XIHU)
    first, second = (
        a_photo(db),
        a_photo(db, content=from_a_phone(), by=FOREIGNER, at=NOON + timedelta(seconds=1)),
    )

    hung = queries.photos(db, material="glass", cursor=None, limit=20).items
    (found,) = queries.search(db, q="glass", cursor=None, limit=20).items
    by_material = {
        line.material.key: line.material.photos for line in queries.price_list(db, YUHANG, at=NOON).lines
    }

    assert [(each.id, each.district) for each in hung] == [(first, YUHANG), (second, XIHU)]
    assert [each.large for each in found.photos] == [each.large for each in hung]
    assert by_material == {"glass": found.photos, "cardboard": ()}
    assert found.photos[1].large.url == f"/photos/{hung[1].large.digest}.webp"
    assert (found.photos[0].alt_zh, found.photos[0].small.width) == ("洗净的玻璃瓶。", 320)


def test_a_photo_that_is_withdrawn_is_shown_to_nobody_and_may_come_again(db: Session):
    photo = a_photo(db)
    digest = queries.photo(db, photo).large.digest
    assert queries.picture(db, digest)

    withdrawn = service.withdraw_photo(db, photo, by=ADMIN, at=NOON, reason="照片里是别的东西。")

    assert withdrawn.withdrawn_at == NOON
    assert queries.photos(db, material="glass", cursor=None, limit=20).items == []
    with pytest.raises(PictureNotFound):
        queries.picture(db, digest)
    with pytest.raises(PhotoWithdrawn):
        service.withdraw_photo(db, photo, by=ADMIN, at=NOON, reason="再来。")
    a_photo(db)
    assert queries.picture(db, digest)


def test_both_are_on_the_trail_with_what_was_shown(db: Session):
    photo = a_photo(db)
    service.withdraw_photo(db, photo, by=ADMIN, at=NOON, reason="照片里是别的东西。")

    lines = db.scalars(select(TrailLine).where(TrailLine.subject == f"photo/{photo}")).all()
    said = {
        "material": "glass",
        "large": queries.photo(db, photo).large.digest,
        "alt_zh": "洗净的玻璃瓶。",
        "alt_en": "Clean glass bottles.",
    }
    assert {line.kind: (line.before, line.after) for line in lines} == {
        "photo.added": (None, said),
        "photo.withdrawn": (said, None),
    }


def test_a_material_has_a_photo_once_and_six_at_most(db: Session):
    see(db, YUHANG, XIHU)
    for red in range(5):
        a_photo(db, content=a_picture(f"#{red * 40:02x}0000"))
    a_photo(db, by=FOREIGNER)

    with pytest.raises(PhotoKnown):
        a_photo(db)
    with pytest.raises(PhotosTooMany):
        a_photo(db, content=a_picture("blue"))
    with pytest.raises(MaterialUnknown):
        service.add_photo(
            db, by=ADMIN, at=NOON, material="gold", content=a_picture(), alt_zh="金", alt_en="Gold"
        )
    a_photo(db, "cardboard", content=a_picture("blue"))


def test_nobody_withdraws_the_photos_of_others(db: Session):
    photo = a_photo(db)

    for named, by in [(photo, FOREIGNER), (new_id(), ADMIN)]:
        with pytest.raises(PhotoNotFound):
            service.withdraw_photo(db, named, by=by, at=NOON, reason="理由。")


def test_the_database_lets_no_picture_be_another(db: Session):
    a_photo(db)
    for change in (update(PictureRow).values(width=1), delete(PictureRow)):
        with pytest.raises(ProgrammingError, match="permission denied"), db.begin_nested():
            db.execute(change)

    db.add(PictureRow(digest="0" * 64, content=b"RIFF", width=1, height=1))
    with pytest.raises(IntegrityError, match="ck_picture_digest"):
        db.flush()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
        token = a_token_of_staff(db, at=utc_now())
        a_material(db, "lamp", accepted=False, name_zh="灯管")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_staff_put_a_photo_up_and_a_visitor_sees_it(admin: FlaskClient, app: Flask):
    letters = base64.b64encode(from_a_phone()).decode()
    said = {"material": "lamp", "content": letters, "alt_zh": "用过的灯管。", "alt_en": "Used tubes."}
    made = admin.post("/v1/photos", json=said, headers={"Idempotency-Key": "a"})
    twin = admin.post("/v1/photos", json=said, headers={"Idempotency-Key": "a"})
    again = admin.post("/v1/photos", json=said, headers={"Idempotency-Key": "b"})
    torn = admin.post("/v1/photos", json={**said, "content": "AAAA"}, headers={"Idempotency-Key": "c"})
    assert (made.status_code, made.get_json()["district"]) == (201, YUHANG)
    assert (twin.get_json(), twin.headers["Idempotent-Replayed"]) == (made.get_json(), "true")
    assert (again.status_code, again.get_json()["code"]) == (409, "photo_known")
    assert (torn.status_code, torn.get_json()["code"]) == (422, "photo_unreadable")

    visitor = app.test_client()
    (lamp,) = visitor.get("/v1/materials?q=lamp").get_json()["items"]
    (photo,) = lamp["photos"]
    assert photo == {key: made.get_json()[key] for key in ("alt_zh", "alt_en", "small", "large")}

    seen = visitor.get(photo["large"]["url"])
    assert (seen.status_code, seen.mimetype) == (200, "image/webp")
    assert seen.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(seen.data)).size == (photo["large"]["width"], photo["large"]["height"])
    kept = visitor.get(photo["large"]["url"], headers={"If-None-Match": seen.headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")
    assert visitor.get(f"/photos/{'0' * 64}.webp").get_json()["code"] == "picture_not_found"
    assert visitor.get(f"/photos/{'%00' * 64}.webp").status_code == 404

    path = f"/v1/photos/{made.get_json()['id']}/withdrawal"
    gone = admin.post(path, json={"reason": "拍错了。"}, headers={"Idempotency-Key": "d"})
    assert (gone.status_code, gone.get_json()["withdrawn_at"] is None) == (200, False)
    assert visitor.get(photo["large"]["url"]).status_code == 404
