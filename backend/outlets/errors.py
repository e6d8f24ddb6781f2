"""What can be refused about outlets."""

from backend.kit.errors import Conflict, NotFound


class OutletNotFound(NotFound):
    """The district has no such outlet."""

    code = "outlet_not_found"
    zh = "本区没有这个网点。"
    en = "There is no such outlet in this district."


class OutletClosed(Conflict):
    """What is closed is opened again before it is changed."""

    code = "outlet_closed"
    zh = "这个网点已经关闭，请先恢复开放。"
    en = "This outlet is closed; open it again first."


class OutletNotClosed(Conflict):
    """Only what is closed can be opened again."""

    code = "outlet_not_closed"
    zh = "这个网点没有关闭。"
    en = "This outlet is not closed."
