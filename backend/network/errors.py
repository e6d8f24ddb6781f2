"""What the network refuses."""

from backend.kit.errors import NotFound


class DistrictNotFound(NotFound):
    """The code is not one of the city's districts."""

    code = "district_not_found"
    zh = "没有这个区县代码。"
    en = "There is no district with this code."
