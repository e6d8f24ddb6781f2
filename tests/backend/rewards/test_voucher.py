"""The voucher's code and its picture."""

import re
from uuid import UUID

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image, ImageDraw

from backend.rewards.errors import VoucherForged
from backend.rewards.voucher import code_of, picture, read

districts = some.from_regex(r"[0-9]{6}", fullmatch=True)
redemptions = some.uuids()

CODE = code_of("330110", UUID("019a8f52-3c1e-7b6d-9f20-5a4b3c2d1e0f"))


@given(districts, redemptions)
def test_a_code_reads_back(district, redemption):
    assert read(code_of(district, redemption)) == (district, redemption)


@given(some.integers(0, len(CODE) - 1), some.characters())
def test_one_changed_letter_makes_a_forgery(place, letter):
    forged = CODE[:place] + letter + CODE[place + 1 :]

    if forged != CODE:
        with pytest.raises(VoucherForged):
            read(forged)


@given(some.text(max_size=200))
def test_anything_else_is_a_forgery(text):
    with pytest.raises(VoucherForged):
        read(text)


def test_the_signature_of_one_voucher_does_not_fit_another():
    other = code_of("330106", UUID("019a8f52-3c1e-7b6d-9f20-5a4b3c2d1e0f"))

    with pytest.raises(VoucherForged):
        read(other.rpartition(".")[0] + "." + CODE.rpartition(".")[2])


def test_a_scanner_reads_the_picture():
    assert [found.text for found in zxingcpp.read_barcodes(rasterised(picture(CODE)))] == [CODE]


def rasterised(svg: bytes, *, scale: int = 4) -> Image.Image:
    """Paint the picture's runs of dark modules, as a browser would."""
    drawing = svg.decode()
    found = re.search(r'width="([0-9]+)".*stroke="#000" d="([^"]+)"', drawing)
    assert found is not None
    image = Image.new("L", (int(found[1]), int(found[1])), "white")
    pen, x, y = ImageDraw.Draw(image), 0.0, 0.0
    for step, right, down in re.findall(r"([Mmh])(-?[0-9.]+) ?(-?[0-9.]+)?", found[2]):
        if step == "h":
            pen.rectangle(
                (x * scale, (y - 0.5) * scale, (x + float(right)) * scale - 1, (y + 0.5) * scale - 1), 0
            )
        x, y = (0.0, 0.0) if step == "M" else (x, y)
        x, y = x + float(right), y + float(down or 0)
    return image
