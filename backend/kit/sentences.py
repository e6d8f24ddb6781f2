"""What is said of a field that does not fit: marshmallow's English sentences, each with its Chinese twin."""

import re

_TWINS: list[tuple[re.Pattern[str], str]] = []


def say(english: str, chinese: str) -> str:
    """Know a sentence in both languages; return it in English, as a validator wants it.

    :param english: may hold `{names}`, which the Chinese one repeats
    """
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(english))
    _TWINS.append((re.compile(pattern, re.DOTALL), chinese))
    return english


def in_language(sentence: str, language: str) -> str:
    """Say a sentence in the client's language; one that nobody translated stays as it is."""
    if language == "en":
        return sentence
    for pattern, chinese in _TWINS:
        if found := pattern.fullmatch(sentence):
            return chinese.format(**found.groupdict())
    return sentence


say("Missing data for required field.", "此项必填。")
say("Unknown field.", "没有这个字段。")
say("Field may not be null.", "此项不能为 null。")
say("Invalid value.", "此项无效。")
say("Invalid type.", "类型不对。")
say("Invalid input type.", "应为 JSON 对象。")
say("Not a valid string.", "应为文本，且不含控制字符。")
say("Not a valid utf-8 string.", "应为 UTF-8 文本。")
say("Not a valid integer.", "应为整数。")
say("Not a valid number.", "应为数字。")
say("Number too large.", "数字过大。")
say("Special numeric values (nan or infinity) are not permitted.", "应为有限的数字。")
say("Not a valid boolean.", "应为 true 或 false。")
say("Not a valid UUID.", "应为 UUID。")
say("Not a valid list.", "应为列表。")
say("Not a valid mapping type.", "应为 JSON 对象。")
say("Not a valid date.", "应为日期，如 2026-03-02。")
say("Not a valid time.", "应为时间，如 08:00。")
say("Not a valid datetime.", "应为 RFC 3339 时间。")
say("Not a valid aware datetime.", "应为带时区的 RFC 3339 时间。")
say("Length must be between {min} and {max}.", "长度应为 {min} 到 {max}。")
say("Length must be {equal}.", "长度应为 {equal}。")
say("Longer than maximum length {max}.", "长度不能超过 {max}。")
say("Shorter than minimum length {min}.", "长度不能少于 {min}。")
say(
    "Must be greater than or equal to {min} and less than or equal to {max}.",
    "应不小于 {min}，不大于 {max}。",
)
say("Must be greater than or equal to {min}.", "应不小于 {min}。")
say("Must be less than or equal to {max}.", "应不大于 {max}。")
say("Must be equal to {other}.", "应为 {other}。")
say("String does not match expected pattern.", "格式不对。")
say("Must be one of: {choices}.", "应为其中之一：{choices}。")
