"""What staffing refuses."""

from backend.kit.errors import Conflict, Forbidden, NotFound, Unprocessable


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


class RoleNotYours(Forbidden):
    """Administrators invite the staff of their district, an operator's manager the operator's collectors."""

    code = "role_not_yours"
    zh = "您不能邀请该身份的人员。"
    en = "You cannot invite anybody into this role."


class OrganisationUnknown(Unprocessable):
    """A manager works for a registered operator, a till for a registered merchant, others for none."""

    code = "organisation_unknown"
    zh = "运营单位负责人须注明已登记的运营单位，收银员须注明已登记的商户，其他身份不填。"
    en = "A manager needs a registered operator, a till a registered merchant; other roles have none."


class StaffInvitationNotFound(NotFound):
    """There is no such invitation, or it is closed, or it is none of the caller's."""

    code = "staff_invitation_not_found"
    zh = "没有这份邀请。"
    en = "There is no such invitation."
