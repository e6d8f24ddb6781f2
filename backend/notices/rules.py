"""What people are told, in both languages.

A notice keeps what fills its template; its words are made when it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kit.clock import in_the_city, month_in_words
from backend.kit.envelope import six_digits

SIGNATURE = {"zh-CN": "【绿账】", "en": "[Lvzhang] "}


@dataclass(frozen=True)
class Words:
    """A notice in one language; the text may hold the names of its params."""

    title: str
    text: str


@dataclass(frozen=True)
class Template:
    """A kind of notice: its words, and what they need to know."""

    zh: Words
    en: Words
    params: frozenset[str]
    moments: frozenset[str] = frozenset()
    """Params that are times; they are shown in the city's."""
    months: frozenset[str] = frozenset()
    """Params that are months, such as 2026-11."""
    code: tuple[str, ...] = ()
    """Params that the six digits of `{code}` are derived from; the digits themselves are never kept."""

    def words(self, language: str) -> Words:
        """Choose the language."""
        return self.en if language == "en" else self.zh


TEMPLATES: Mapping[str, Template] = {
    "weighing.quoted": Template(
        zh=Words(
            "请确认称重结果",
            "本次回收可得 {total_points} 绿积分。请在 {deadline} 前确认或取回；"
            "也可把确认码 {code} 告诉收集员。逾期未答复视为同意。",
        ),
        en=Words(
            "Confirm the weighing",
            "Your bag is worth {total_points} points. Confirm it or take it back by {deadline}, or read"
            " the code {code} to the collector. No answer by then counts as yes.",
        ),
        params=frozenset({"weighing", "revision", "total_points", "deadline"}),
        moments=frozenset({"deadline"}),
        code=("weighing", "revision"),
    ),
    "weighing.confirmed_by_silence": Template(
        zh=Words("称重结果已按约定确认", "截止时间前没有收到答复，本次称重已视为同意，绿积分已入账。"),
        en=Words(
            "The weighing counts as confirmed",
            "No answer came by the deadline, so the weighing counts as confirmed and its points are yours.",
        ),
        params=frozenset({"weighing"}),
    ),
    "weighing.returned": Template(
        zh=Words("物品已退还", "本次回收的物品已退还，没有绿积分变动。"),
        en=Words("The goods were returned", "The goods stay with you; no points have moved."),
        params=frozenset({"weighing"}),
    ),
    "subsidy.accepted": Template(
        zh=Words("补贴核实通过", "您的称重已核实，补贴的 {points} 绿积分已入账；已排队的补贴按顺序支付。"),
        en=Words(
            "The evidence was accepted",
            "Staff have accepted the weight: {points} points of subsidy are yours; what was queued keeps its"
            " place.",
        ),
        params=frozenset({"weighing", "points"}),
    ),
    "subsidy.declined": Template(
        zh=Words("补贴核实未通过", "您的称重未通过核实，{points} 绿积分的补贴不予发放，原因见回执。"),
        en=Words(
            "The evidence was declined",
            "Staff have declined the weight: {points} points of subsidy are not paid; the receipt says why.",
        ),
        params=frozenset({"weighing", "points"}),
    ),
    "subsidy.paid_late": Template(
        zh=Words("排队的补贴已到账", "新的预算已到位，之前排队的补贴已发放，{points} 绿积分已入账。"),
        en=Words(
            "A queued subsidy is paid",
            "New money has come: the subsidy that you waited for is paid, and {points} points are yours.",
        ),
        params=frozenset({"weighing", "points"}),
    ),
    "pickup.booked": Template(
        zh=Words("回收预约成功", "已收到您的上门回收预约，可在预约详情中查看上门时间和价格。"),
        en=Words(
            "Your pickup is booked", "Your pickup is booked; its details show when we come and the prices."
        ),
        params=frozenset({"pickup"}),
    ),
    "pickup.missed": Template(
        zh=Words("收集员未能上门", "很抱歉，收集员未能在约定时间上门，请重新预约。"),
        en=Words(
            "We did not come", "We are sorry: no collector came in the promised time. Please book again."
        ),
        params=frozenset({"pickup"}),
    ),
    "identity.new_device": Template(
        zh=Words(
            "新设备登录",
            "您的账号于 {moment} 在一台新设备上登录。如非本人操作，请在“登录设备”中将其退出。",
        ),
        en=Words(
            "Signed in on a new device",
            "You signed in on a new device at {moment}. If that was not you, sign it out under “Devices”.",
        ),
        params=frozenset({"moment"}),
        moments=frozenset({"moment"}),
    ),
    "points.lapse_soon": Template(
        zh=Words("绿积分即将到期", "您有 {points} 绿积分将于 {moment} 到期，请在此之前使用。"),
        en=Words("Points lapse soon", "{points} of your points lapse on {moment}. Use them before."),
        params=frozenset({"points", "moment"}),
        moments=frozenset({"moment"}),
    ),
    "settlement.drawn_up": Template(
        zh=Words(
            "月度结算单已生成",
            "{month}的 {sheets} 张结算单已生成，其中未解释的差异 {differences} 处，请两人核对签字。",
        ),
        en=Words(
            "A month's settlement is drawn up",
            "{sheets} sheets of {month} are drawn up, with {differences} unexplained differences in them;"
            " two people check and sign each.",
        ),
        params=frozenset({"month", "sheets", "differences"}),
        months=frozenset({"month"}),
    ),
    "settlement.ready": Template(
        zh=Words("您的月度结算单已生成", "贵单位{month}的结算单已生成，可核对每一笔明细。"),
        en=Words(
            "Your settlement sheet is drawn up", "Your sheet of {month} is drawn up; check it line by line."
        ),
        params=frozenset({"month", "sheet"}),
        months=frozenset({"month"}),
    ),
    "webhook.failing": Template(
        zh=Words(
            "推送接口已暂停",
            "{host} 连续三天没有成功接收事件，已暂停投递。恢复后，期间的事件会补发。",
        ),
        en=Words(
            "An endpoint is paused",
            "{host} has taken no event for three days, so nothing is sent there. What happens meanwhile is"
            " held until you resume it.",
        ),
        params=frozenset({"endpoint", "host"}),
    ),
    "webhook.gone": Template(
        zh=Words(
            "推送接口已暂停",
            "{host} 答复 410（已停用），已暂停投递。恢复后，期间的事件会补发。",
        ),
        en=Words(
            "An endpoint is paused",
            "{host} answered 410 Gone, so nothing is sent there. What happens meanwhile is held until you"
            " resume it.",
        ),
        params=frozenset({"endpoint", "host"}),
    ),
    "redemption.expired": Template(
        zh=Words("兑换券已过期", "兑换券过期未使用，所用绿积分已退回。"),
        en=Words("Your voucher has expired", "The voucher was not used in time; its points are back."),
        params=frozenset({"redemption"}),
    ),
    "redemption.honoured": Template(
        zh=Words("兑换券已使用", "您的兑换券已在商户使用。"),
        en=Words("Your voucher was used", "A merchant has honoured your voucher."),
        params=frozenset({"redemption"}),
    ),
}


@dataclass(frozen=True)
class Shown:
    """A notice in its reader's words."""

    id: UUID
    template: str
    title: str
    text: str = field(repr=False)
    params: Mapping[str, Any]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """A notice on its way to a phone."""

    phone: str = field(repr=False)
    text: str = field(repr=False)


def say(template: str, params: Mapping[str, Any], language: str) -> Words:
    """Fill a template in the reader's language."""
    kind = TEMPLATES[template]
    facts = dict(params)
    for name in kind.moments:
        facts[name] = in_the_city(datetime.fromisoformat(params[name]), language)
    for name in kind.months:
        facts[name] = month_in_words(params[name], language)
    if kind.code:
        facts["code"] = six_digits("confirmation", *(str(params[name]) for name in kind.code))
    words = kind.words(language)
    return Words(words.title, words.text.format(**facts))


def text_message(template: str, params: Mapping[str, Any], language: str) -> str:
    """Say a notice in a text message."""
    return SIGNATURE[language] + say(template, params, language).text
