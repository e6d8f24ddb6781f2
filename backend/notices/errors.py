"""What notices refuse."""

from backend.kit.errors import NotFound


class NoticeNotFound(NotFound):
    """The caller has no such notice."""

    code = "notice_not_found"
    zh = "没有找到该通知。"
    en = "There is no such notice."
