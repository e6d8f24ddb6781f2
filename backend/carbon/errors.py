"""What carbon refuses."""

from backend.kit.errors import NotFound


class NoFactorSet(NotFound):
    """No set of factors was in force at that time."""

    code = "no_factor_set"
    zh = "这一时间没有生效的减碳因子。"
    en = "No set of carbon factors was in force at that time."
