"""What the catalogue refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable


class NoPriceList(NotFound):
    """Nothing was priced in this district at that time, or there is no such district or version."""

    code = "no_price_list"
    zh = "该区县在这一时间没有价目表。"
    en = "There is no price list for this district at that time."


class MaterialUnknown(Unprocessable):
    """A rate names a material that is not in the register."""

    code = "material_unknown"
    zh = "目录中没有“{material}”这种物品。"
    en = "There is no material {material} in the register."


class MaterialRefused(Unprocessable):
    """The city does not let this material be taken, so no district can price it."""

    code = "material_refused"
    zh = "“{material}”不在回收范围内，不能定价。"
    en = "The city does not take {material}, so it cannot be priced."


class MaterialTwice(Unprocessable):
    """A price list names each material once."""

    code = "material_twice"
    zh = "价目表中“{material}”出现了两次。"
    en = "The price list names {material} twice."


class NothingPriced(Unprocessable):
    """A price list without a rate says nothing."""

    code = "nothing_priced"
    zh = "价目表至少要有一项。"
    en = "A price list needs at least one rate."


class EffectiveInThePast(Conflict):
    """What was promised yesterday stays as it was; a new version begins now or later."""

    code = "effective_in_the_past"
    zh = "价目表不能从过去的时间开始生效。"
    en = "A price list cannot take effect before it is published."
