"""What the network refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable


class DistrictNotFound(NotFound):
    """The code is not one of the city's districts."""

    code = "district_not_found"
    zh = "没有这个区县代码。"
    en = "There is no district with this code."


class CommunityNotFound(NotFound):
    """The district has no such community."""

    code = "community_not_found"
    zh = "本区没有这个社区代码。"
    en = "There is no community with this code in the district."


class PositionOutsideDistrict(Unprocessable):
    """What a district puts on its map lies in it, or a step beside it; figures on another datum may not."""

    code = "position_outside_district"
    zh = "这个位置不在本区范围内，请检查纬度和经度是否写反、是否为 WGS 84 坐标。"
    en = (
        "This position is not in the district; check that latitude and longitude are the right way round,"
        " and that they are on WGS 84."
    )


class AreaNotServed(NotFound):
    """The district has no service yet."""

    code = "area_not_served"
    zh = "本区尚未开通上门回收服务。"
    en = "This district has no service yet."


class ClosesBeforeOpening(Unprocessable):
    """Service hours end after they begin."""

    code = "closes_before_opening"
    zh = "服务结束时间应晚于开始时间。"
    en = "Service must close after it opens."


class PromiseTooLong(Unprocessable):
    """A promised arrival fits into the hours of a day, or no window would."""

    code = "promise_too_long"
    zh = "承诺的上门时限不应超过一天的服务时长（{most} 分钟）。"
    en = "A promise is no longer than the service of a day, {most} minutes."


class OperatorNotFound(NotFound):
    """The operator does not collect in this district, or is not the caller's."""

    code = "operator_not_found"
    zh = "本区没有这家运营单位。"
    en = "There is no such operator in this district."


class ScaleNotFound(NotFound):
    """The district has no such scale, or it is another operator's."""

    code = "scale_not_found"
    zh = "没有登记这台秤。"
    en = "There is no such scale in the register."


class ScaleSerialTaken(Conflict):
    """A serial number is one scale's of the district, retired ones included."""

    code = "scale_serial_taken"
    zh = "本区已登记过序列号为“{serial}”的秤。"
    en = "A scale with the serial number {serial} is already in the district's register."


class ScaleRangeImpossible(Unprocessable):
    """No scale of its class has such a range (JJG 539: minimum load and number of intervals)."""

    code = "scale_range_impossible"
    zh = "没有量程 {least} 至 {most} 克、分度值 {interval} 克的 {accuracy_class} 级秤，请核对铭牌。"
    en = (
        "No scale of class {accuracy_class} reads {least} to {most} g in steps of {interval} g;"
        " compare with its plate."
    )


class ScaleRetired(Conflict):
    """A retired scale is neither used nor certified nor checked until it is brought back."""

    code = "scale_retired"
    zh = "这台秤已停用，请先恢复使用。"
    en = "This scale is retired; bring it back first."


class ScaleNotRetired(Conflict):
    """Only what is retired can be brought back."""

    code = "scale_not_retired"
    zh = "这台秤没有停用。"
    en = "This scale is not retired."


class CertificateNotFound(NotFound):
    """The scale has no such certificate."""

    code = "certificate_not_found"
    zh = "这台秤没有这张检定证书。"
    en = "The scale has no such certificate."


class CertificateNumberTaken(Conflict):
    """An issuer's number is one certificate's of the district, unless that was withdrawn."""

    code = "certificate_number_taken"
    zh = "已登记过该机构编号为“{number}”的检定证书。"
    en = "A certificate of this issuer with the number {number} is already on record."


class CertificateEndsBeforeItBegins(Unprocessable):
    """A certificate ends after the day of the verification."""

    code = "certificate_ends_before_it_begins"
    zh = "证书有效期应晚于检定日期。"
    en = "A certificate must end after the day of the verification."


class CertificateNotYetIssued(Unprocessable):
    """A verification lies in the past, or is of today."""

    code = "certificate_not_yet_issued"
    zh = "检定日期不能晚于今天。"
    en = "The day of the verification lies in the future."


class CertificateTooLong(Unprocessable):
    """A verification holds for a year at most (JJG 539)."""

    code = "certificate_too_long"
    zh = "检定周期不超过一年，请核对证书有效期。"
    en = "A verification holds for a year at most; compare with the certificate."


class CertificateWithdrawn(Conflict):
    """An entry is withdrawn once."""

    code = "certificate_withdrawn"
    zh = "这张证书的登记已经撤回。"
    en = "The entry of this certificate is already withdrawn."


class CheckOutOfRange(Unprocessable):
    """A scale is checked with a weight that it can weigh."""

    code = "check_weight_out_of_range"
    zh = "标准砝码应在这台秤的称量范围（{least} 至 {most} 克）之内。"
    en = "The check weight must be in the range of the scale, {least} to {most} g."


class CheckReadingImpossible(Unprocessable):
    """A scale shows whole intervals."""

    code = "check_reading_impossible"
    zh = "这台秤的分度值为 {interval} 克，不可能显示 {read} 克。"
    en = "This scale shows steps of {interval} g; it cannot have shown {read} g."
