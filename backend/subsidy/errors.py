"""What the subsidy room refuses."""

from backend.kit.errors import Conflict, Forbidden, NotFound, Unprocessable


class ProgrammeNotFound(NotFound):
    """The district has no such programme."""

    code = "programme_not_found"
    zh = "本区没有这个补贴项目。"
    en = "There is no such programme in this district."


class ProgrammeClosed(Conflict):
    """A closed programme takes no more money and promises nothing."""

    code = "programme_closed"
    zh = "这个补贴项目已经结束。"
    en = "This programme is closed."


class PromisesWaiting(Conflict):
    """A programme ends once everybody in its queue is paid, and no quote leads there any more."""

    code = "promises_waiting"
    zh = "排队的补贴还有 {fen} 分未付清，付清后才能结束。"
    en = "{fen} fen of queued subsidies are still to be paid; the programme can end after that."


class TaperIncomplete(Unprocessable):
    """A taper has a threshold and a share; the other rules have neither."""

    code = "taper_incomplete"
    zh = "递减规则需要 taper_below_fen 和 taper_percent；其他规则两者都不能有。"
    en = "A taper needs taper_below_fen and taper_percent; the other rules have neither."


class BudgetNotFound(NotFound):
    """The programme never had money for this period."""

    code = "budget_not_found"
    zh = "这个补贴项目在该期间没有预算。"
    en = "The programme has no budget for this period."


class BudgetClosed(Conflict):
    """A closed or carried-over budget takes no more money."""

    code = "budget_closed"
    zh = "{period} 年的预算已经结清。"
    en = "The budget of {period} is settled."


class BudgetFrozen(Conflict):
    """It is frozen already."""

    code = "budget_frozen"
    zh = "预算已经冻结。"
    en = "The budget is frozen already."


class BudgetNotFrozen(Conflict):
    """Only what is frozen thaws."""

    code = "budget_not_frozen"
    zh = "预算没有被冻结。"
    en = "The budget is not frozen."


class BudgetBelowDrawn(Conflict):
    """What is drawn or promised cannot be taken out of a budget again."""

    code = "budget_below_drawn"
    zh = "只有 {available} 分既未支付也未承诺，不能减少 {fen} 分。"
    en = "Only {available} fen are neither drawn nor promised, so {fen} fen cannot be cut."


class BudgetStillPromised(Conflict):
    """A budget is settled once no quote waits for an answer and no evidence for a decision."""

    code = "budget_still_promised"
    zh = "还有 {held} 分已向居民承诺，尚未支付或释放；请先冻结，待其清零后再结清。"
    en = "{held} fen are still promised to residents; freeze the budget and settle it when none are."


class TreasuryShort(Conflict):
    """The treasury pays only what lies in it."""

    code = "treasury_short"
    zh = "区财政专户只有 {available} 分。"
    en = "The treasury has only {available} fen."


class BudgetYearOutOfReach(Conflict):
    """Money comes to what is spent now or next, and to no other year by a slip of the finger."""

    code = "budget_year_out_of_reach"
    zh = "现在只能拨入或结转到 {this} 年和 {following} 年的预算，不能是 {period} 年。"
    en = "Money goes into the budget of {this} or {following} now, not into that of {period}."


class OrderNotFound(NotFound):
    """The district has no such order."""

    code = "budget_order_not_found"
    zh = "没有这张预算指令。"
    en = "There is no such budget order."


class OrderDecided(Conflict):
    """An order is decided once."""

    code = "budget_order_decided"
    zh = "这张预算指令已经处理过了。"
    en = "This budget order was decided before."


class OwnOrder(Forbidden):
    """Money moves when a second person agrees."""

    code = "own_budget_order"
    zh = "自己起草的预算指令须由另一人审批。"
    en = "Another person must decide an order that you drafted."


class OrderUnclear(Unprocessable):
    """Each kind of order says what it needs, and nothing else."""

    code = "budget_order_unclear"
    zh = "拨款需要 fen 和 source，削减需要 fen，结转需要更晚的 to_period，结清都不需要。"
    en = (
        "To fund needs fen and source, to cut needs fen, to carry over needs a later to_period, and to close"
        " needs none of them."
    )
