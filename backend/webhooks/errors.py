"""What webhooks refuse."""

from backend.kit.errors import Conflict, NotFound


class EndpointNotFound(NotFound):
    """The operator has no such endpoint in this district."""

    code = "endpoint_not_found"
    zh = "没有找到这个推送接口。"
    en = "There is no such endpoint."


class TooManyEndpoints(Conflict):
    """An operator has a handful of endpoints, and each costs a delivery an event."""

    code = "too_many_endpoints"
    zh = "最多登记 {most} 个推送接口，请先删除不用的。"
    en = "There are at most {most} endpoints; remove one first."


class EndpointPaused(Conflict):
    """Nothing is sent to an endpoint that is paused, except a test event."""

    code = "endpoint_paused"
    zh = "该推送接口已暂停，请先恢复。"
    en = "The endpoint is paused; resume it first."


class DeliveryNotFound(NotFound):
    """The operator has no such delivery, or it is older than they are kept."""

    code = "delivery_not_found"
    zh = "没有找到这次投递。"
    en = "There is no such delivery."


class DeliveryOnItsWay(Conflict):
    """What is still being tried need not be sent again."""

    code = "delivery_on_its_way"
    zh = "该事件仍在投递中，无需重发。"
    en = "The delivery is still on its way."
