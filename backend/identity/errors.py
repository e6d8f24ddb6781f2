"""What identity refuses. What would tell a stranger whom we know is said in one and the same sentence."""

from backend.kit.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)


class CodeTooSoon(TooManyRequests):
    """A number gets one code a minute and five an hour, whether or not we know it."""

    code = "code_too_soon"
    zh = "验证码发送过于频繁，请 {seconds} 秒后再试。"
    en = "A code was sent to this number a short while ago; try again in {seconds} seconds."


class TooManyCodes(TooManyRequests):
    """Too many codes were asked for by one device, from one line, for one block of numbers, or in all."""

    code = "too_many_codes"
    zh = "验证码请求过多，请稍后再试。"
    en = "Too many codes were asked for; try again later."


class CodesHeld(Unavailable):
    """While the queue is away no text message leaves, and a code would have run out before it did."""

    code = "codes_held"
    zh = "暂时无法发送验证码，请稍后再试。"
    en = "No code can be sent at the moment; try again shortly."


class CodeWrong(Unauthenticated):
    """The code does not fit, has run out, was used, or was guessed at too often."""

    code = "one_time_code_wrong"
    zh = "验证码错误或已失效，请重新获取。"
    en = "The code is wrong or no longer valid; ask for a new one."
    leaves_trace = True


class LoginWrong(Unauthenticated):
    """No such login, or not this secret, or too many wrong ones a moment ago."""

    code = "login_wrong"
    zh = "账号或密码不正确；多次输错后请稍等再试。"
    en = "The login or its secret is wrong. After several wrong tries, wait a while."
    leaves_trace = True


class PhoneNotBound(Forbidden):
    """A PIN counts only on a phone that an operator bound; send the `phone_code` that its manager makes."""

    code = "phone_not_bound"
    zh = "此手机尚未绑定运营单位，请向管理员索取绑定码（phone_code）。"
    en = "This phone is bound to no operator: ask your manager for a code, and send it as phone_code."


class PhoneCodeWrong(Unauthenticated):
    """There is no such code, or it bound a phone before, or has run out."""

    code = "phone_code_wrong"
    zh = "绑定码无效或已过期。"
    en = "The code for binding a phone is not valid, or no longer."


class PhoneNotFound(NotFound):
    """The operator has no such phone, or its binding has ended."""

    code = "phone_not_found"
    zh = "没有这部手机。"
    en = "There is no such phone."


class RefreshWrong(Unauthenticated):
    """The refresh token has run out, was ended, or was used before, which ends all of its family."""

    code = "refresh_token_wrong"
    zh = "登录状态已失效，请重新登录。"
    en = "The refresh token is not valid, or was used before; sign in again."
    leaves_trace = True


class NotAssigned(NotFound):
    """The person has no role in that district."""

    code = "not_assigned"
    zh = "您在该区县没有身份。"
    en = "You have no role in this district."


class LoginTaken(Conflict):
    """A login stands for one person for ever."""

    code = "login_taken"
    zh = "该账号已被使用。"
    en = "This login is taken."


class SecretTooWeak(Unprocessable):
    """A password is too short, or a PIN is not six digits."""

    code = "secret_too_weak"
    zh = "密码至少 12 个字符；PIN 为 6 位数字。"
    en = "A password has at least 12 characters, a PIN six digits."


class InvitationWrong(NotFound):
    """There is no such invitation, or it was used, or has run out."""

    code = "invitation_wrong"
    zh = "邀请码无效或已过期。"
    en = "The invitation is not valid, or no longer."


class NumberInDoubt(Conflict):
    """Nobody signed in with the number for a year, or the network gave it to somebody new."""

    code = "number_in_doubt"
    zh = "该号码可能已更换机主：请同时出示家庭卡，或输入上门收集员或工作人员告知的代码，或选择重新开始。"
    en = (
        "This number may be somebody else's by now: show your household's card too, or give the code"
        " that a collector or staff told you, or start afresh."
    )
    leaves_trace = True


class ProofNeeded(Forbidden):
    """What is costly or final takes a fresh one-time code."""

    code = "proof_needed"
    zh = "请先确认是您本人：获取新的短信验证码（sign-in/codes）并提交（sign-in/proof）。"
    en = "Prove first that it is you: ask for a code (sign-in/codes) and give it (sign-in/proof)."


class CardNotFound(NotFound):
    """The household has no such card."""

    code = "card_not_found"
    zh = "没有这张卡。"
    en = "There is no such card."


class TooManyCards(Conflict):
    """A household has a few cards, so that none is forgotten."""

    code = "too_many_cards"
    zh = "每户最多 {most} 张卡，请先作废一张。"
    en = "A household has at most {most} cards; revoke one first."


class HouseholdNotFound(NotFound):
    """The district has no such household."""

    code = "household_not_found"
    zh = "本区没有这个家庭。"
    en = "There is no such household in your district."


class DeviceNotFound(NotFound):
    """You are not signed in there, or no longer."""

    code = "device_not_found"
    zh = "没有这个登录设备。"
    en = "You are not signed in on such a device."


class PersonNotFound(NotFound):
    """There is no such person in the district."""

    code = "person_not_found"
    zh = "本区没有这个人。"
    en = "There is no such person in your district."


class SecretTooCommon(Unprocessable):
    """A secret that stands on every list, or repeats the login, is guessed first."""

    code = "secret_too_common"
    zh = "该密码过于常见或与账号相近，请换一个。"
    en = "This secret is among the first that anybody would guess; choose another."


class SecretUnchanged(Unprocessable):
    """The new secret is the old one."""

    code = "secret_unchanged"
    zh = "新密码不能与原密码相同。"
    en = "The new secret is the old one."


class SecretWrong(Forbidden):
    """The secret that was given again to prove who asks does not fit, or was guessed at too often."""

    code = "secret_wrong"
    zh = "原密码不正确；多次输错后请稍等再试。"
    en = "The secret is wrong. After several wrong tries, wait a while."
    leaves_trace = True


class SecondFactorWrong(Forbidden):
    """The code does not fit, was used before, or was guessed at too often."""

    code = "second_factor_wrong"
    zh = "动态码不正确或已使用；多次输错后请稍等再试。"
    en = "The code is wrong or was used before. After several wrong tries, wait a while."
    leaves_trace = True


class NoSecondFactor(Conflict):
    """There is no second factor, or none that waits for its first code."""

    code = "no_second_factor"
    zh = "尚未开始绑定动态码。"
    en = "There is no second factor to do this with; begin to enrol one."


class CommunityUnknown(Unprocessable):
    """A household stands in a community that the register knows."""

    code = "community_unknown"
    zh = "没有这个社区代码。"
    en = "There is no community with this code."


class TermsOutdated(Unprocessable):
    """Consent counts for the terms in force, not for older ones."""

    code = "terms_outdated"
    zh = "请先同意现行条款（版本 {version}）。"
    en = "The terms in force are version {version}; agree to these."


class AlreadyInHousehold(Conflict):
    """A person belongs to one household at a time."""

    code = "already_in_household"
    zh = "您已加入一个家庭。"
    en = "You belong to a household already."
