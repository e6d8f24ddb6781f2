"""Numbers, codes, invitations and cards: what residents come in with."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers

from backend.kit.envelope import digits, mac, six_digits
from backend.kit.pace import line_of

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
CODE_EVERY = timedelta(seconds=60)
CODES_AN_HOUR = 5
CODES_AN_HOUR_OF_A_LINE = 30
"""A house full of people may share a line; a machine that asks for codes does not stop here by itself."""
CODES_AN_HOUR_OF_A_DEVICE = 10
"""On whatever line it is: who changes lines as they please is still one device, as long as it says which."""
CODES_AN_HOUR_OF_A_PREFIX = 200
"""Of ten thousand numbers that follow one another."""
HOUR = timedelta(hours=1)
SILENCE = timedelta(days=365)
"""After so long a number may be somebody else's."""
INVITATION_LIVES = timedelta(hours=24)
PROOF_LIVES = timedelta(minutes=10)
"""How long a fresh one-time code counts for what is costly or final."""
VOUCH_LIVES = timedelta(minutes=30)
"""How long a collector's or staff's word counts for who cannot show the household's card."""


@dataclass(frozen=True)
class CodeLimits:
    """What a code is counted under, as keyed digests; a device need not say which it is."""

    device: bytes | None
    line: bytes
    prefix: bytes


def masked_phone(phone: str) -> str:
    """Leave of a number in E.164 what its owner recognises it by."""
    return f"{phone[3:6]}****{phone[-4:]}"


def masked_address(address: str) -> str:
    """Leave the beginning of an address, which names a street and no door."""
    return f"{address[:3]}****"


def mobile(written: str) -> str | None:
    """Read a mobile number of mainland China as people write it; return it in E.164."""
    try:
        number = phonenumbers.parse(written, "CN")
    except phonenumbers.NumberParseException:
        return None
    if (
        phonenumbers.region_code_for_number(number) != "CN"
        or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE
    ):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits_of(code: UUID, phone_index: bytes) -> str:
    """Derive the six digits of a one-time code; only who holds the master key can."""
    return six_digits("one-time-code", str(code), phone_index.hex())


def code_message(digits: str, language: str) -> str:
    """Say a one-time code in a text message."""
    minutes = CODE_LIVES // timedelta(minutes=1)
    if language == "en":
        return f"[Lvzhang] {digits} is your sign-in code, valid for {minutes} minutes. Tell it to nobody."
    return f"【绿账】您的登录验证码为 {digits}，{minutes} 分钟内有效，请勿告诉他人。"


def card_code(district: str, card: UUID) -> str:
    """Write what a household's card says: its id and a mark of 72 bits that only we can make."""
    marked = card.bytes + mac("card", district, str(card))[:9]  # 25 bytes in all need no padding
    return f"LVC1.{base64.b32encode(marked).decode()}"


def card_of(code: str) -> UUID | None:
    """Read which card a code claims to be."""
    found = re.fullmatch(r"LVC1\.([A-Z2-7]{40})", code)
    return UUID(bytes=base64.b32decode(found[1])[:16]) if found else None


def vouch_code(vouch: UUID) -> str:
    """Derive the eight digits that one person reads to another."""
    return digits(8, "vouch", str(vouch))


def limits_of_codes(phone: str, *, address: str, device: UUID | None) -> CodeLimits:
    """Tell under which device, line and block of numbers a code is counted, without saying which they are.

    Whoever pumps text messages counts up the numbers of a block that pays them.
    """
    return CodeLimits(
        device=None if device is None else mac("code-device", str(device)),
        line=mac("code-source", line_of(address)),
        prefix=mac("code-prefix", phone[:-4]),
    )


def next_code_at(sent_in_the_last_hour: Sequence[datetime]) -> datetime | None:
    """Tell from when a number may have another code.

    :param sent_in_the_last_hour: newest first
    """
    if not sent_in_the_last_hour:
        return None
    soonest = sent_in_the_last_hour[0] + CODE_EVERY
    if len(sent_in_the_last_hour) < CODES_AN_HOUR:
        return soonest
    return max(soonest, sent_in_the_last_hour[CODES_AN_HOUR - 1] + HOUR)
