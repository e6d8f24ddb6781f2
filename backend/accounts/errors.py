"""What the accounts refuse."""

from backend.kit.errors import Conflict, Forbidden, NotFound


class EntryNotFound(NotFound):
    """The household has no such entry."""

    code = "entry_not_found"
    zh = "没有找到这笔记录。"
    en = "There is no such entry in your accounts."


class ProofNotReady(Conflict):
    """The entry was posted, and no checkpoint covers it yet."""

    code = "proof_not_ready"
    zh = "这笔记录刚刚入账，几秒后即可取得证明。"
    en = "This entry was posted only just now: its proof is ready in a few seconds."


class LogNotFound(NotFound):
    """There is no such log, or no such part of it was signed."""

    code = "log_not_found"
    zh = "没有这本账的日志，或者其中没有这一部分。"
    en = "There is no log of this book, or nothing of this name is in it."


class SheetNotFound(NotFound):
    """The district has no such sheet, or it is another party's."""

    code = "settlement_sheet_not_found"
    zh = "没有找到这张结算单。"
    en = "There is no such settlement sheet."


class MonthNotOver(Conflict):
    """A month is settled when it is over."""

    code = "month_not_over"
    zh = "{month} 尚未结束，不能结算。"
    en = "{month} is not over yet, and is settled after that."


class SheetNotDrawnUp(Conflict):
    """A sheet is signed, and withdrawn, until a second person has signed it."""

    code = "settlement_sheet_final"
    zh = "这张结算单已经双签、支付或撤回，不能再改动。"
    en = "This sheet was signed by two, paid or withdrawn, and does not change any more."


class AlreadySigned(Forbidden):
    """The second signature is another person's."""

    code = "already_signed_by_you"
    zh = "您已经签过这张结算单，第二次签字须由另一人完成。"
    en = "You have signed this sheet; another person signs it next."


class DifferencesUnexplained(Conflict):
    """Who signs a sheet with unexplained differences says why."""

    code = "settlement_differences"
    zh = "这张结算单有 {differences} 处未解释的差异，签字时须写明理由。"
    en = "This sheet has {differences} unexplained differences; whoever signs it gives a reason."


class LaterSheetStands(Conflict):
    """A later sheet has taken in what this one would hold."""

    code = "later_sheet_stands"
    zh = "该对象在此之后的月份已有结算单，须先撤回较晚的一张。"
    en = "A later month of this party has a sheet; withdraw that one first."


class PointsNotThere(Conflict):
    """A merchant has fewer points than the sheet would retire."""

    code = "merchant_points_not_there"
    zh = "商户账户上的绿积分少于结算单所列，请先处理其他月份的结算单，或撤回重开。"
    en = "The merchant has fewer points than the sheet says; settle its other months, or draw it up anew."


class NotCountersigned(Conflict):
    """What two people have signed is paid, once."""

    code = "settlement_not_payable"
    zh = "只有经两人签字、尚未支付的结算单才能支付。"
    en = "A sheet is paid once, after two people have signed it."


class NothingToPay(Conflict):
    """The sheet comes to nothing, or is a programme's."""

    code = "nothing_to_pay"
    zh = "这张结算单没有需要支付的金额。"
    en = "There is nothing to pay on this sheet."
