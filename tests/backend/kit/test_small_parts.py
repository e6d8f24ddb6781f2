"""Ids, rounding, fields, pages, envelopes: true for whatever is put in."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import RFC_4122, UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as some
from marshmallow import ValidationError

from backend.kit import envelope
from backend.kit.clock import CITY
from backend.kit.fields import INT64_MAX, Day, Grams, Moment, Rate, Secret, Words
from backend.kit.ids import new_id
from backend.kit.paging import CursorUnreadable, cut, key_of, whole
from backend.kit.rounding import half_up
from backend.kit.sentences import in_language, say

moments = some.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=some.just(UTC))  # noqa: DTZ001
WRAPPED = envelope.new_key()


class TestIds:
    @given(moments)
    def test_an_id_is_a_uuid_of_version_7_and_tells_its_time(self, at: datetime):
        made = new_id(at)

        assert (made.version, made.variant) == (7, RFC_4122)
        assert made.int >> 80 == int(at.timestamp() * 1000)

    @given(moments, some.timedeltas(timedelta(milliseconds=1), timedelta(days=365)))
    def test_ids_sort_by_time(self, at: datetime, later: timedelta):
        assert new_id(at) < new_id(at + later)
        assert str(new_id(at)) < str(new_id(at + later))

    def test_ids_of_one_moment_differ(self):
        at = datetime.now(UTC)

        assert len({new_id(at) for _ in range(1000)}) == 1000


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "rounded"),
        [
            ("0", 0),
            ("0.4999", 0),
            ("0.5", 1),
            ("1.5", 2),
            ("2.5", 3),
            ("-0.5", -1),
            ("-2.4", -2),
            ("1e6", 1_000_000),
        ],
    )
    def test_a_half_goes_up(self, value: str, rounded: int):
        assert half_up(Decimal(value)) == rounded

    @given(some.decimals(-(10**15), 10**15, places=6))
    def test_it_is_never_further_than_a_half(self, value: Decimal):
        assert abs(half_up(value) - value) <= Decimal("0.5")

    @given(some.decimals(0, 10**15, places=6))
    def test_it_is_the_same_on_both_sides_of_zero(self, value: Decimal):
        assert half_up(-value) == -half_up(value)


class TestFields:
    @given(some.integers(-INT64_MAX, INT64_MAX))
    def test_a_whole_number_comes_through(self, number: int):
        assert Grams().deserialize(number) == number

    @given(
        some.integers(INT64_MAX + 1)
        | some.integers(max_value=-INT64_MAX - 1)
        | some.floats().filter(lambda number: not number.is_integer())
        | some.booleans()
        | some.text()
    )
    def test_nothing_else_is_a_number_of_grams(self, value: object):
        with pytest.raises(ValidationError):
            Grams().deserialize(value)

    def test_a_whole_number_is_one_however_json_writes_it(self):
        assert Grams().deserialize(88.0) == 88

    @given(some.decimals(allow_nan=False, allow_infinity=False))
    def test_a_rate_is_written_as_it_is(self, rate: Decimal):
        written = Rate().serialize("rate", {"rate": rate})

        assert isinstance(written, str)
        assert Rate().deserialize(written) == rate

    @given(moments)
    def test_a_moment_keeps_its_time_through_any_offset(self, at: datetime):
        assert Moment().deserialize(at.astimezone(CITY).isoformat()) == at

    @pytest.mark.parametrize(
        "value", ["2026-03-02T09:00:00", "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "now", 7]
    )
    def test_what_is_no_moment_of_ours_is_refused(self, value: object):
        with pytest.raises(ValidationError):
            Moment().deserialize(value)

    @pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "2026-02-30", "20260302x"])
    def test_what_is_no_day_of_ours_is_refused(self, value: str):
        with pytest.raises(ValidationError):
            Day().deserialize(value)

    @given(some.text(some.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20))
    def test_words_come_through_as_they_are_but_for_the_blanks_around_them(self, words: str):
        assert Words(maximum=20).deserialize(words) == words.strip()
        assert Secret(maximum=20).deserialize(words) == words

    @given(some.text("甲 \n\t\u00a0\u3000\u2003", max_size=9), some.integers(0, 4))
    def test_blanks_are_no_words_and_the_document_says_so(self, words: str, minimum: int):
        field = Words(minimum=minimum, maximum=9)
        fits = len(words.strip()) >= minimum

        assert bool(re.search(field.metadata["pattern"], words)) == fits
        if not fits:
            with pytest.raises(ValidationError):
                field.deserialize(words)

    @given(
        some.text(max_size=9), some.sampled_from(["\0", "\x1b", "\ud800", "\udfff"]), some.text(max_size=9)
    )
    def test_what_no_screen_can_show_is_refused(self, before: str, letter: str, after: str):
        with pytest.raises(ValidationError):
            Words(maximum=20).deserialize(before + letter + after)


class TestPages:
    @given(some.lists(some.integers(-INT64_MAX, INT64_MAX), unique=True), some.integers(1, 5))
    def test_the_pages_of_a_list_are_the_list(self, numbers: list[int], limit: int):
        rows, cursor = sorted(numbers), None
        found: list[int] = []
        while True:
            after = key_of(cursor, whole)
            rest = [row for row in rows if after is None or row > after[0]]
            page = cut(rest[: limit + 1], limit, lambda row: (row,))
            assert len(page.items) <= limit
            found += page.items
            if (cursor := page.next_cursor) is None:
                break

        assert found == rows

    @given(moments, some.uuids())
    def test_a_key_of_several_parts_comes_back(self, at: datetime, id: UUID):
        cursor = cut([0, 1], 1, lambda _: (at, id)).next_cursor

        assert key_of(cursor, datetime.fromisoformat, UUID) == (at, id)

    @given(
        some.text(max_size=60)
        | some.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
    )
    def test_whatever_else_is_sent_cannot_be_read(self, cursor: str):
        with pytest.raises(CursorUnreadable):
            key_of(cursor, UUID)

    @pytest.mark.parametrize(
        "parts", [None, 7, "7", {"7": 7}, [], [7], [None], [["7"]], ["7", "7"], ["\0"], ["\ud800"]]
    )
    def test_a_key_has_its_shape(self, parts: object):
        cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()

        with pytest.raises(CursorUnreadable):
            key_of(cursor, lambda part: part)


class TestEnvelope:
    @given(some.text())
    def test_what_is_sealed_opens(self, plain: str):
        sealed = envelope.seal(WRAPPED, plain, place="person.phone/1")

        assert envelope.unseal(WRAPPED, sealed, place="person.phone/1") == plain
        assert plain.encode() not in sealed or len(plain) < 3

    @given(some.text(), some.integers(0), some.integers(1, 255))
    def test_a_changed_byte_does_not_open(self, plain: str, place: int, change: int):
        sealed = bytearray(envelope.seal(WRAPPED, plain, place="here"))
        sealed[1 + place % (len(sealed) - 1)] ^= change  # the first byte is the version's

        with pytest.raises(InvalidTag):
            envelope.unseal(WRAPPED, bytes(sealed), place="here")

    def test_it_opens_with_its_own_key_and_in_its_own_place_only(self):
        sealed = envelope.seal(WRAPPED, "alice", place="here")

        with pytest.raises(InvalidTag):
            envelope.unseal(envelope.new_key(), sealed, place="here")
        with pytest.raises(InvalidTag):
            envelope.unseal(WRAPPED, sealed, place="there")

    def test_the_same_words_are_never_sealed_alike(self):
        assert len({envelope.seal(WRAPPED, "alice", place="here") for _ in range(100)}) == 100

    def test_a_blind_index_finds_a_value_and_does_not_tell_it(self):
        assert envelope.blind_index("+8613800000001") == envelope.blind_index("+8613800000001")
        assert envelope.blind_index("+8613800000001") != envelope.blind_index("+8613800000002")
        assert len(envelope.blind_index("")) == 32

    @given(some.lists(some.text(), min_size=2, max_size=2), some.lists(some.text(), min_size=2, max_size=2))
    def test_parts_do_not_run_into_each_other(self, one: list[str], other: list[str]):
        assert (envelope.mac("x", *one) == envelope.mac("x", *other)) == (one == other)

    @given(some.text(max_size=9))
    def test_a_code_has_six_digits(self, part: str):
        code = envelope.six_digits("x", part)

        assert (len(code), code.isascii(), code.isdigit()) == (6, True, True)


class TestSentences:
    def test_a_sentence_keeps_its_facts(self):
        say("{few} of {many}.", "{many} 中的 {few}。")

        assert in_language("3 of {4}.", "zh-CN") == "{4} 中的 3。"
        assert in_language("3 of {4}.", "en") == "3 of {4}."

    def test_what_nobody_translated_stays(self):
        assert in_language("Unheard of!", "zh-CN") == "Unheard of!"
