"""What weighing refuses."""

from backend.kit.errors import Conflict, Forbidden, NotFound, Unprocessable


class WeighingNotFound(NotFound):
    """There is no such weighing, or it is somebody else's."""

    code = "weighing_not_found"
    zh = "没有这笔称重。"
    en = "There is no such weighing."


class LineNotFound(NotFound):
    """The weighing has no such line."""

    code = "weighing_line_not_found"
    zh = "这笔称重中没有这一行。"
    en = "The weighing has no such line."


class ReceiptNotReady(Conflict):
    """There is a receipt once the weight was agreed on."""

    code = "receipt_not_ready"
    zh = "确认之后才有回执。"
    en = "There is a receipt once the weighing is confirmed."


class AlreadyWeighed(Conflict):
    """A pickup is weighed once, in as many lines as needed."""

    code = "pickup_already_weighed"
    zh = "此预约已有称重，请在原称重上添加。"
    en = "This pickup has a weighing; add lines to it."


class WeighingTwice(Conflict):
    """A weighing's id was made by the device, once."""

    code = "weighing_twice"
    zh = "此编号的称重已经记录过了。"
    en = "A weighing with this id is already recorded."


class LineTwice(Conflict):
    """A line's id was made by the device, once; that of one taken back does not return."""

    code = "weighing_line_twice"
    zh = "此称重行已经记录过了。"
    en = "A line with this id is already recorded."


class AlreadyEnded(Conflict):
    """A weighing ends once; a correction is a new entry."""

    code = "weighing_already_ended"
    zh = "这笔称重已经结束。"
    en = "This weighing has already ended."


class AlreadyConfirmed(AlreadyEnded):
    """A weighing is confirmed once; a correction is a new entry."""

    code = "weighing_already_confirmed"
    zh = "这笔称重已经确认过了。"
    en = "This weighing is already confirmed."


class AnswerOverdue(Conflict):
    """Silence until the deadline is agreement, also where it is not posted yet."""

    code = "weighing_answer_overdue"
    zh = "答复期限已过，本次称重视为同意，正在入账。"
    en = "The time to answer is over: the quote counts as agreed to, and is about to be posted."


class NotQuoted(Conflict):
    """There is nothing to agree on before the collector has delivered the quote."""

    code = "weighing_not_quoted"
    zh = "收集员尚未出具报价。"
    en = "The collector has not delivered the quote yet."


class QuoteChanged(Conflict):
    """Only what was shown is agreed to; the collector has weighed anew since."""

    code = "weighing_quote_changed"
    zh = "收集员已更新报价，请查看后再确认。"
    en = "The collector has changed the quote since; look at it before you agree."


class NothingWeighed(Conflict):
    """A quote has at least one line."""

    code = "nothing_weighed"
    zh = "还没有称任何物品。"
    en = "Nothing has been weighed yet."


class ScaleNotCertified(Conflict):
    """Only a scale with a valid certificate may be used for payment (Metrology Law, article 9)."""

    code = "scale_not_certified"
    zh = "秤 {serial} 没有有效的检定证书，不能用于结算。"
    en = "Scale {serial} has no valid certificate; it cannot be used for payment."


class ScaleOutOfUse(Conflict):
    """A scale that failed its newest check weighs nothing until it passes one, or is verified."""

    code = "scale_out_of_use"
    zh = "秤 {serial} 最近一次砝码核查不合格，已停止使用；请换一台秤，或重新核查、检定。"
    en = "Scale {serial} failed its newest check; take another, or check or verify it again."


class ScaleCannotRead(Unprocessable):
    """A scale cannot show a weight outside its range or between its intervals."""

    code = "scale_cannot_read"
    zh = "这台秤的读数范围为 {least} 至 {most} 克，分度 {interval} 克，不可能显示 {gross} 克。"
    en = "This scale reads {least} to {most} g in steps of {interval} g; it cannot show {gross} g."


class MaterialNotAccepted(Conflict):
    """The price list does not take this material."""

    code = "material_not_accepted"
    zh = "本区价目表不收“{material}”。"
    en = "The price list of this district does not take {material}."


class EvidenceNotFound(NotFound):
    """No line of this id waits for a decision, or has one."""

    code = "evidence_not_found"
    zh = "没有这项待核实的称重。"
    en = "There is no such evidence to decide on."


class EvidenceDecided(Conflict):
    """Evidence is decided on once."""

    code = "evidence_decided"
    zh = "这项称重已经核实过了。"
    en = "This evidence was decided on before."


class OwnEvidence(Forbidden):
    """Whoever gains or loses by it does not decide."""

    code = "own_evidence"
    zh = "当事人不能核实自己的称重。"
    en = "You are a party to this weighing; somebody else must decide."


class CodeLocked(Conflict):
    """Too many wrong codes; the resident can still confirm in the app, or silence will."""

    code = "confirmation_code_locked"
    zh = "验证码错误次数过多，请居民在应用中确认。"
    en = "Too many wrong codes; let the resident confirm in the app."


class CodeWrong(Forbidden):
    """The six digits are not the ones that the resident was shown; the try counts."""

    code = "confirmation_code_wrong"
    zh = "验证码不正确。"
    en = "The code is not the one that the resident was shown."
    leaves_trace = True
