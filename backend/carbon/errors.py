"""What carbon refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable


class NoFactorSet(NotFound):
    """No set of factors was in force at that time, or none has this id."""

    code = "no_factor_set"
    zh = "这一时间没有生效的减碳因子。"
    en = "No set of carbon factors was in force at that time."


class FactorSetEmpty(Unprocessable):
    """A set without a factor says nothing."""

    code = "factor_set_empty"
    zh = "因子集至少要有一项。"
    en = "A set needs at least one factor."


class FactorTwice(Unprocessable):
    """A set speaks of each material once."""

    code = "factor_twice"
    zh = "因子集中“{material}”出现了两次。"
    en = "The set names {material} twice."


class FactorAbsurd(Unprocessable):
    """So much is a slip of the unit."""

    code = "factor_absurd"
    zh = "“{material}”的因子 {figure} 超出 ±{most} 公斤/公斤，请核对单位。"
    en = "The factor of {material} ({figure}) is beyond ±{most} kg/kg; check its unit."


class FactorBoundsCrossed(Unprocessable):
    """An upper bound stands above a lower one."""

    code = "factor_bounds_crossed"
    zh = "“{material}”的上限应不低于下限，且不能只有上限。"
    en = "The upper bound of {material} must not be below the lower one, nor stand alone."


class FactorSourceUnclear(Unprocessable):
    """A figure says where it comes from, or that it is an assumption."""

    code = "factor_source_unclear"
    zh = "“{material}”应写明来源，或标明是假设（二者择一）。"
    en = "{material} needs a source, or is marked as an assumption and has none."


class FactorSetBackDated(Conflict):
    """What was credited stays as it was; a set begins now or later, and past weighings are recomputed."""

    code = "factor_set_back_dated"
    zh = "因子集不能从过去的时间开始生效；对过去的称重请使用重算。"
    en = "A set cannot take effect in the past; past weighings are recomputed instead."


class FactorSetOverlaps(Conflict):
    """A set that was announced would never come into force, and nobody said that this is meant."""

    code = "factor_set_overlaps"
    zh = "因子集“{name}”第{version}版已公布、尚未生效；如要以本版取代它，请在请求中写明 supersede。"
    en = "Set {name} {version} is announced, not in force; say `supersede` if this one is to replace it."
