"""What the network refuses."""

from backend.kit.errors import NotFound, Unprocessable


class DistrictNotFound(NotFound):
    """The code is not one of the city's districts."""

    code = "district_not_found"
    zh = "没有这个区县代码。"
    en = "There is no district with this code."


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
