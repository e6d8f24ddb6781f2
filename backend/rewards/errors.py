"""What is refused about offers, redemptions and vouchers."""

from backend.kit.errors import Conflict, Forbidden, NotFound, Unprocessable


class OfferNotFound(NotFound):
    """This district has no such offer."""

    code = "offer_not_found"
    zh = "没有找到这个兑换项目。"
    en = "There is no such offer."


class OfferNotInForce(Conflict):
    """It has not begun, or it has ended."""

    code = "offer_not_in_force"
    zh = "该项目当前不可兑换：尚未开始或已经结束。"
    en = "This offer has not begun yet or has ended."


class SoldOut(Conflict):
    """The last one is gone."""

    code = "sold_out"
    zh = "该项目已兑完。"
    en = "This offer is sold out."


class LimitReached(Conflict):
    """The household has had as many as it may."""

    code = "limit_reached"
    zh = "每户最多兑换 {limit} 份，您家已达到上限。"
    en = "A household may have {limit} of these, and yours has."


class NotEnoughPoints(Conflict):
    """What the household has free is less than the price."""

    code = "not_enough_points"
    zh = "可用绿积分不足：需要 {price}，可用 {available}。"
    en = "Not enough points: it costs {price}, and {available} are available."


class MerchantNotFound(NotFound):
    """The register has no such merchant."""

    code = "merchant_not_found"
    zh = "没有登记这家商户。"
    en = "There is no such merchant in the register."


class RedemptionNotFound(NotFound):
    """The household has no such redemption."""

    code = "redemption_not_found"
    zh = "没有找到这笔兑换。"
    en = "There is no such redemption."


class RedemptionEnded(Conflict):
    """Only what is still held can be cancelled or shown at a till."""

    code = "redemption_ended"
    zh = "这笔兑换已于 {when} 结束（已使用、已取消或已过期）。"
    en = "This redemption ended on {when}: it was used, cancelled or has expired."


class VoucherForged(Unprocessable):
    """The code was not signed by us, or was changed since."""

    code = "voucher_forged"
    zh = "券码无效：签名不符。"
    en = "This is not a voucher of ours: its signature does not fit."


class VoucherNotFound(NotFound):
    """The till's district has no such voucher."""

    code = "voucher_not_found"
    zh = "本区没有这张券。"
    en = "There is no such voucher in this district."


class VoucherOfAnother(Forbidden):
    """Each merchant honours its own vouchers."""

    code = "voucher_of_another_merchant"
    zh = "这张券不属于本商户。"
    en = "This voucher is for another merchant."


class AlreadyHonoured(Conflict):
    """A voucher is good once."""

    code = "voucher_already_honoured"
    zh = "这张券已于 {when} 使用过。"
    en = "This voucher was used already, on {when}."


class VoucherCancelled(Conflict):
    """The household gave it back."""

    code = "voucher_cancelled"
    zh = "这张券已于 {when} 取消。"
    en = "This voucher was cancelled on {when}."


class VoucherExpired(Conflict):
    """Its last day is over, and the points are back."""

    code = "voucher_expired"
    zh = "这张券已于 {when} 过期。"
    en = "This voucher expired on {when}."
