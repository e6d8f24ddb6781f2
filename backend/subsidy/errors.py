"""What the subsidy room refuses."""

from backend.kit.errors import Conflict, NotFound


class ProgrammeNotFound(NotFound):
    """The district has no such programme."""

    code = "programme_not_found"
    zh = "本区没有这个补贴项目。"
    en = "There is no such programme in this district."


class ProgrammeClosed(Conflict):
    """A closed programme takes no more money."""

    code = "programme_closed"
    zh = "这个补贴项目已经结束。"
    en = "This programme is closed."
