"""What the accounts refuse."""

from backend.kit.errors import Conflict, NotFound


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
