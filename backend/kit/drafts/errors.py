"""Why a draft does not go a step further."""

from backend.kit.errors import Conflict, Forbidden, NotFound


class DraftNotFound(NotFound):
    """There is no such draft, or it is not the caller's district's."""

    code = "draft_not_found"
    zh = "没有这份草案。"
    en = "There is no such draft."


class StepImpossible(Conflict):
    """The draft is in a state that this step does not start from."""

    code = "draft_step_impossible"
    zh = "草案{state}，不能{step}。"
    en = "The draft is {state}; that does not allow this step ({step})."


class OwnDraft(Forbidden):
    """Who drafted, edited or submitted something does not decide on it."""

    code = "own_draft"
    zh = "起草、修改或提交草案的人不能审批、驳回或发布该草案。"
    en = "Who drafted, edited or submitted a draft can neither approve, reject nor publish it."


class DraftOutdated(Conflict):
    """What the draft was based on is no longer the newest."""

    code = "draft_outdated"
    zh = "草案所依据的版本已不是最新版本，请基于最新版本修改后重新试算。"
    en = "The version that the draft is based on is no longer the newest; base it on that and simulate again."


class SimulationMissing(Conflict):
    """Nobody has simulated the draft yet."""

    code = "simulation_missing"
    zh = "草案尚未试算，请先对真实称重记录进行试算。"
    en = "The draft was not simulated; replay past weighings under it first."


class SimulationOutdated(Conflict):
    """The draft was changed since it was simulated."""

    code = "simulation_outdated"
    zh = "草案在试算之后被修改过，请重新试算。"
    en = "The draft was changed since it was simulated; simulate it again."
