"""What is taken for a photo, and what becomes of it: two sizes, made anew from its dots and nothing else."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

from backend.catalogue.errors import (
    PhotoAnimated,
    PhotoHasTooManyPixels,
    PhotoTooLarge,
    PhotoUnreadable,
)

MOST_BYTES = 700 * 1024
MOST_PIXELS = 16_000_000
"""What a phone takes; a page of text that unpacks to more is no photo."""
LARGE, SMALL = 1_280, 320
"""How many dots the longer side of a size has at most."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_STEREO = "MPO"
"""A JPEG with more pictures behind it, as phones write depth; the first is the photo."""
_WHITE = (255, 255, 255)

# Before anything is unpacked, Pillow refuses twice as many by itself.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True)
class Made:
    """A picture as it is kept."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return sha256(self.content).hexdigest()


def made_of(content: bytes) -> tuple[Made, Made]:
    """Make the small and the large size of a photo as WebP.

    Where it was taken, when and with what stays behind, as only the dots are carried over.

    :raises PhotoTooLarge: it has more bytes than we take
    :raises PhotoUnreadable: it is no JPEG, PNG or WebP, or a broken one
    :raises PhotoHasTooManyPixels: it would unpack to more than we hold
    :raises PhotoAnimated: it moves
    """
    if len(content) > MOST_BYTES:
        raise PhotoTooLarge(kib=MOST_BYTES // 1024)
    _must_be_a_photo(content)
    dots = _dots_of(content)
    return _sized(dots, SMALL), _sized(dots, LARGE)


def _opened(content: bytes) -> Image.Image:
    """Read what a file says of itself, and none of its dots."""
    try:
        return Image.open(BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoHasTooManyPixels(millions=MOST_PIXELS // 1_000_000) from None
    except Exception:
        raise PhotoUnreadable from None


def _must_be_a_photo(content: bytes) -> None:
    image = _opened(content)
    if image.width * image.height > MOST_PIXELS:
        raise PhotoHasTooManyPixels(millions=MOST_PIXELS // 1_000_000)
    if image.format != _STEREO and getattr(image, "is_animated", False):
        raise PhotoAnimated
    try:
        image.verify()
    except Exception:
        raise PhotoUnreadable from None


def _dots_of(content: bytes) -> Image.Image:
    """Unpack a photo upright, on white where one sees through it, in a picture that knows nothing more."""
    image = _opened(content)
    try:
        image.draft("RGB", (LARGE, LARGE))  # a JPEG comes out near the size that is asked for
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    except Exception:  # whatever a decoder stumbles over, the file is at fault
        raise PhotoUnreadable from None
    dots = Image.new("RGB", upright.size, _WHITE)
    dots.paste(upright, mask=upright)
    return dots


def _sized(dots: Image.Image, longest: int) -> Made:
    image = dots.copy()
    image.thumbnail((longest, longest))
    packed = BytesIO()
    image.save(packed, "WEBP", quality=80)
    return Made(packed.getvalue(), image.width, image.height)
