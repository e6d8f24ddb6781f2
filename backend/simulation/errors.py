"""What a simulation refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable


class SimulationNotFound(NotFound):
    """The district has no such simulation."""

    code = "simulation_not_found"
    zh = "没有这次试算。"
    en = "There is no such simulation."


class PeriodEmpty(Unprocessable):
    """A period ends after it begins."""

    code = "simulation_period_empty"
    zh = "期间的结束应晚于开始。"
    en = "The period must end after it begins."


class PeriodInFuture(Unprocessable):
    """Only what has happened can be replayed."""

    code = "simulation_period_in_future"
    zh = "只能试算已经过去的期间。"
    en = "Only a period that has passed can be replayed."


class PeriodTooLong(Unprocessable):
    """A period is at most a leap year."""

    code = "simulation_period_too_long"
    zh = "期间最长为 {days} 天。"
    en = "A period has {days} days at most."


class ProposalUnclear(Unprocessable):
    """A proposal names each material and each programme once."""

    code = "simulation_proposal_unclear"
    zh = "请在草案与逐项修改之间二选一，每个品类和每个项目只能列一次。"
    en = "Name either a draft or changes, and each material and programme once."


class MaterialUnpriced(Unprocessable):
    """A change names a material of the register."""

    code = "simulation_material_unknown"
    zh = "目录中没有“{material}”。"
    en = "There is no material {material}."


class PayerMissing(Unprocessable):
    """Whatever is subsidised is paid by a programme, and what is not has none."""

    code = "simulation_payer_missing"
    zh = "“{material}”有补贴就须写明由哪个项目支付，没有补贴则不写。"
    en = "Say which programme pays for {material} if it is subsidised, and none if it is not."


class AlreadyRunning(Conflict):
    """The same proposal is being simulated."""

    code = "simulation_already_running"
    zh = "同一方案正在试算，请等待其结束或先取消。"
    en = "The same proposal is being simulated; wait for it or cancel it."


class AlreadyOver(Conflict):
    """What has ended cannot be cancelled."""

    code = "simulation_already_over"
    zh = "这次试算已经结束。"
    en = "This simulation has ended already."


class NotDone(Conflict):
    """There are results once it is done."""

    code = "simulation_not_done"
    zh = "试算完成之后才有结果。"
    en = "There are results once the simulation is done."


class TooFewHouseholds(Conflict):
    """What so few households handed over is not for open use, not even as a whole."""

    code = "simulation_too_few_households"
    zh = "参与的住户不足 {fewest} 户，结果不能公开使用。"
    en = "Fewer than {fewest} households took part, so this is not for open use."


class FactorRunNotFound(NotFound):
    """The district has no such run of factors."""

    code = "factor_run_not_found"
    zh = "没有这次因子运算。"
    en = "There is no such run of factors."


class FactorRunLive(Conflict):
    """The same draft is being simulated, or the same set applied."""

    code = "factor_run_live"
    zh = "同一草案正在试算或同一因子集正在重算，请等待其结束或先取消。"
    en = "The same draft is being simulated, or the same set applied; wait for it or cancel it."


class FactorRunOver(Conflict):
    """What has ended cannot be cancelled."""

    code = "factor_run_over"
    zh = "这次因子运算已经结束。"
    en = "This run of factors has ended already."
