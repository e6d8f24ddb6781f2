"""What notices say."""

from datetime import UTC, datetime
from string import Formatter

import pytest

from backend.kit.envelope import six_digits
from backend.kit.ids import new_id
from backend.notices.rules import TEMPLATES, say, text_message

WEIGHING = str(new_id())
QUOTED = {
    "weighing": WEIGHING,
    "revision": 2,
    "total_points": 292,
    "deadline": datetime(2026, 3, 3, 4, 5, tzinfo=UTC).isoformat(),
}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_template_uses_only_what_it_asks_for(template: str, language: str):
    kind = TEMPLATES[template]
    words = kind.words(language)

    used = {name for _, name, _, _ in Formatter().parse(words.title + words.text) if name}

    assert used <= kind.params | ({"code"} if kind.code else set())
    assert kind.moments | kind.months <= kind.params
    assert set(kind.code) <= kind.params


def test_a_quote_says_points_deadline_and_code():
    code = six_digits("confirmation", WEIGHING, "2")

    chinese, english = say("weighing.quoted", QUOTED, "zh-CN"), say("weighing.quoted", QUOTED, "en")

    assert chinese.text.startswith("本次回收可得 292 绿积分。请在 3月3日 12:05 前确认或取回")
    assert code in chinese.text
    assert "worth 292 points" in english.text
    assert "by 3 March, 12:05" in english.text
    assert code in english.text


def test_a_month_is_said_in_words():
    sheet = {"month": "2026-09", "sheet": str(new_id())}

    assert "2026年9月的结算单" in say("settlement.ready", sheet, "zh-CN").text
    assert "sheet of September 2026" in say("settlement.ready", sheet, "en").text


def test_a_new_revision_has_another_code():
    codes = {six_digits("confirmation", WEIGHING, str(revision)) for revision in range(20)}

    assert len(codes) > 15


def test_a_text_message_says_who_writes():
    assert text_message("pickup.missed", {"pickup": "x"}, "zh-CN").startswith("【绿账】")
    assert text_message("pickup.missed", {"pickup": "x"}, "en").startswith("[Lvzhang] We are sorry")
