"""What booking refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable


class PickupNotFound(NotFound):
    """There is no such pickup, or it is somebody else's."""

    code = "pickup_not_found"
    zh = "没有这个预约。"
    en = "There is no such pickup."


class PickupAlreadyOpen(Conflict):
    """A household has one open pickup at a time, so that a second tap does not send a second collector."""

    code = "pickup_already_open"
    zh = "您已有一个进行中的预约。"
    en = "Your household already has an open pickup."


class NotServed(Conflict):
    """Nobody collects in this community yet."""

    code = "community_not_served"
    zh = "您所在的社区暂未开通上门回收。"
    en = "Nobody collects in your community yet."


class WindowNotServed(Unprocessable):
    """The chosen window is outside service hours, in the past, or too far ahead."""

    code = "window_not_served"
    zh = "所选时间不在服务时段内：{opens} 至 {closes}，七天以内。"
    en = "Collectors come between {opens} and {closes}, within seven days."


class VisitOver(Conflict):
    """What is personal is shown for a visit, not after it."""

    code = "visit_over"
    zh = "此次上门已经结束，不再显示地址。"
    en = "The visit is over; the address is no longer shown."


class NotAtTheDoor(Conflict):
    """Who vouches for somebody stands before them."""

    code = "not_at_the_door"
    zh = "请先到达住户门口并确认到达。"
    en = "Say first that you have arrived at the door."


class StepNotAllowed(Conflict):
    """A pickup moves on step by step; this step does not follow from where it stands."""

    code = "pickup_step_not_allowed"
    zh = "预约当前状态为“{state}”，不能变为“{wanted}”。"
    en = "The pickup is {state} and cannot become {wanted}."


class MaterialNotListed(Unprocessable):
    """A resident may only announce what the price list names."""

    code = "material_not_listed"
    zh = "价目表中没有“{material}”。"
    en = "The price list does not name {material}."
