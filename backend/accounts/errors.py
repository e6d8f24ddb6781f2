"""What the accounts refuse."""

from backend.kit.errors import NotFound


class EntryNotFound(NotFound):
    """The household has no such entry."""

    code = "entry_not_found"
    zh = "没有找到这笔记录。"
    en = "There is no such entry in your accounts."
