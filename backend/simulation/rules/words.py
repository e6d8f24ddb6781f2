"""What a simulation does not know, said with every result, and what its figures mean."""

from typing import Final

UNKNOWNS: Final[tuple[tuple[str, str], ...]] = (
    (
        "换一套单价，人们的行为可能不同：可能交得更多、更少，或换一个时间、换一种去处。试算只重放真实发生过的称重。",
        "People may behave differently under other rates: hand over more, less, at another time or elsewhere."
        " Only the weighings that really happened are replayed.",
    ),
    (
        "按现行单价不收、因此从未称重的品类没有记录，试算无法得知。",
        "What was turned away under the rates in force was never weighed, so nothing is known of it.",
    ),
    (
        "每一笔称重的结局照旧：确认过的仍算确认，退回的仍算退回；居民在另一报价下是否同意，无人知道。",
        "Each weighing ends as it did: who agreed still agrees, what was taken back still is. Whether a"
        " household would have agreed to another quote, nobody knows.",
    ),
    (
        "期间之外的称重按当时的金额计入预算和上限。",
        "Weighings outside the period count against budgets and ceilings with what they were really paid.",
    ),
    (
        "证据不足而暂缓发放的补贴按报价时的承诺计算。",
        "Subsidies that wait for evidence count as they were promised with the quote.",
    ),
)

OF_FACTORS: Final[tuple[tuple[str, str], ...]] = (
    (
        "每个数字只和所用因子的来源一样可靠：来源等级为“假设”的，算出来的也只是假设。",
        "A figure is as sure as the source of its factor: what rests on an assumption stays an assumption.",
    ),
    (
        "没有找到因子的品类按零计。这不表示回收它不减碳，只表示减多少无人知道。",
        "A material for which no factor was found counts as nothing. That does not mean that it saves"
        " nothing, only that nobody knows how much.",
    ),
    (
        "只计本区在期间内已经确认的称重；尚未确认的、被退回的和其他区的都不在内。",
        "Only weighings of the district that were agreed on within the period count: none that still waits"
        " for an answer, none that was taken back, and none of another district.",
    ),
    (
        "结果只涉及过去的称重，不预计今后会减多少碳。",
        "It is about past weighings and foretells nothing of those to come.",
    ),
)
FORESEEN: Final[tuple[str, str]] = (
    "试算不看各户碳账户里还剩多少；重算只收回还在账上的，实际收回的可能比试算的少。",
    "A simulation does not look at what households still have: a recomputation takes back only what is there,"
    " which may be less than foreseen here.",
)
"""What only a simulation of factors does not know."""

UNTIL_THEN: Final[tuple[str, str]] = (
    "其中 {lines} 行早于报价过程的记录，其先后由称重时间推断，当时被撤回的行已无从得知。",
    "{lines} of the lines are older than the record of quotes: their order is taken from when they were"
    " weighed, and lines that were removed then are not known.",
)
