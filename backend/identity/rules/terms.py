"""What people agree to: the terms and privacy notice in force, in both languages.

Each sentence says what the platform does. Whoever changes one gives the terms a new version.
"""

from dataclasses import dataclass

TERMS = "2026-01"
"""The version in force."""


@dataclass(frozen=True)
class Clause:
    """One thing that is agreed to."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


CLAUSES = (
    Clause(
        "保存什么",
        "What is kept",
        "您的手机号和住址加密保存；您同意的条款版本也会记下。每次交投的物品、重量、积分和减碳量都记入账本。",
        "Your mobile number and your address, both encrypted, and which terms you agreed to. What you"
        " hand over, its weight, and what it earns in points and carbon stand in the books.",
    ),
    Clause(
        "用来做什么",
        "What it is for",
        "用于登录、上门回收、给您发通知和记账，不作他用。",
        "Signing in, coming to your door, sending you notices and keeping the books; nothing else.",
    ),
    Clause(
        "谁能看到",
        "Who sees it",
        "收集员只在上门任务结束前看到您的住址，看不到完整的手机号。本区工作人员须写明理由才能查看。每一次查看，您都看得到是谁、为什么。",
        "A collector sees your address until the visit is over, and never your whole number. Staff of"
        " your district give a reason. Whoever looks, you see who it was and why.",
    ),
    Clause(
        "称重",
        "Weighings",
        "称重后由您确认，或取回物品。到通知里写明的时间仍未答复，视为同意。",
        "You agree to what was weighed, or take it back. If you have not answered by the time that the"
        " notice names, you are taken to agree.",
    ),
    Clause(
        "绿积分",
        "Green points",
        "1 绿积分可兑换 1 分钱的奖励，归全家共有。到期时间写在账本里，到期前 30 天通知您。",
        "A green point is worth one fen of reward and belongs to the household. The books say when points"
        " lapse, and you are told 30 days before.",
    ),
    Clause(
        "账本",
        "The books",
        "每一笔账记下后，谁也不能改，也不能删。公开的日志里没有您的信息；您可以用它核对自己的每一笔账。",
        "Nobody can change or remove an entry. The public log says nothing about you, and with it you can"
        " prove every entry of yours.",
    ),
)
