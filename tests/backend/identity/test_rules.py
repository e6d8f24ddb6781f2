"""Pure decisions of identity."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.identity import rules
from tests.makers import NOON

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "written", ["16100000001", "+8616100000001", "0086 161 0000 0001", " 161-0000-0001 ", "(+86)16100000001"]
)
def test_a_number_is_read_as_people_write_it(written: str):
    assert rules.mobile(written) == "+8616100000001"


@pytest.mark.parametrize(
    "written", ["", "x", "10086", "0571-88888888", "+85261234567", "+12025550100", "161000000011", "１６１"]
)
def test_only_mobile_numbers_of_the_mainland_count(written: str):
    assert rules.mobile(written) is None


@given(some.text(max_size=32))
def test_no_text_breaks_the_reading_of_numbers(written: str):
    number = rules.mobile(written)

    assert number is None or number.startswith("+861")


@given(some.lists(some.integers(0, 3599), min_size=1, max_size=8, unique=True))
def test_no_hour_sees_more_than_five_codes_and_no_minute_two(seconds: list[int]):
    sent: list[datetime] = []
    for second in sorted(seconds):
        at = NOON + timedelta(seconds=second)
        free_at = rules.next_code_at(list(reversed(sent)))
        if free_at is None or at >= free_at:
            sent.append(at)

    assert len(sent) <= rules.CODES_AN_HOUR
    assert all(later - earlier >= MINUTE for earlier, later in pairwise(sent))


def test_the_delay_grows_and_is_bounded():
    delays = [rules.delay_after(failures) for failures in range(1, 40)]

    assert delays[:7] == [timedelta(0)] * 4 + [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(hours=1)


def test_nobody_has_a_scope_by_accident():
    assert set(rules.ROLES) == {
        "newcomer",
        "resident",
        "collector",
        "till",
        "operator_manager",
        "district_admin",
        "approver",
        "auditor",
    }
    assert [role for role, scopes in rules.ROLES.items() if "weighing:record" in scopes] == ["collector"]
    assert [role for role, scopes in rules.ROLES.items() if "voucher:honour" in scopes] == ["till"]
    assert [role for role, scopes in rules.ROLES.items() if "redemption:make" in scopes] == ["resident"]


def test_a_message_says_its_code_and_how_long_it_lives():
    assert (
        rules.code_message("012345", "zh-CN")
        == "【绿账】您的登录验证码为 012345，5 分钟内有效，请勿告诉他人。"
    )
    assert "012345" in rules.code_message("012345", "en")
