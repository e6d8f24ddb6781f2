"""What staffing refuses."""

from backend.kit.errors import Conflict, NotFound


class ColleagueNotFound(NotFound):
    """Nobody of this id works where the caller may look."""

    code = "colleague_not_found"
    zh = "没有这位工作人员。"
    en = "There is no such member of staff."


class OwnDeparture(Conflict):
    """Somebody else must end one's own work, so that nobody locks the last door from outside."""

    code = "own_departure"
    zh = "不能办理自己的离职，请由同事办理。"
    en = "Nobody ends their own work; ask a colleague."
