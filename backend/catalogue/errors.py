"""What the catalogue refuses."""

from backend.kit.errors import Conflict, NotFound, Unprocessable, Word


class NoPriceList(NotFound):
    """Nothing was priced in this district at that time, or there is no such district or version."""

    code = "no_price_list"
    zh = "该区县在这一时间没有价目表。"
    en = "There is no price list for this district at that time."


class MaterialUnknown(Unprocessable):
    """A rate names a material that is not in the register."""

    code = "material_unknown"
    zh = "目录中没有“{material}”这个品类。"
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


class RateNegative(Unprocessable):
    """Nobody pays for handing something over."""

    code = "rate_negative"
    zh = "“{material}”的{field}不能是负数（{figure}）。"
    en = "{field} of {material} cannot be negative ({figure})."


class RateAbsurd(Unprocessable):
    """So much is a slip of the finger."""

    code = "rate_absurd"
    zh = "“{material}”的{field}超过上限 {most}（{figure}），请核对单位。"
    en = "{field} of {material} is above {most} ({figure}); check its unit."


class RefusedEarns(Unprocessable):
    """What is not taken is not paid for."""

    code = "refused_material_priced"
    zh = "“{material}”标明不收，就不能定价或补贴。"
    en = "{material} is marked as not taken, so it has no price and no subsidy."


class ProgrammeMissing(Unprocessable):
    """A subsidy names the budget that pays it."""

    code = "programme_missing"
    zh = "“{material}”有补贴，需要写明由哪个补贴项目支付。"
    en = "{material} is subsidised; name the programme that pays."


class ProgrammeIdle(Unprocessable):
    """A programme beside no subsidy pays nothing."""

    code = "programme_idle"
    zh = "“{material}”没有补贴，不应写补贴项目。"
    en = "{material} is not subsidised, so it has no programme."


class ProgrammeUnknown(Unprocessable):
    """A rate names a programme that the district does not have."""

    code = "programme_unknown"
    zh = "本区县没有这个补贴项目。"
    en = "The district has no such programme."


class BasisMissing(Unprocessable):
    """A subsidy says what it is based on, and only a subsidy does."""

    code = "basis_missing"
    zh = "“{material}”的补贴依据与补贴项目应同时填写或同时留空。"
    en = "{material} has a basis for its subsidy exactly when it has a programme."


class ConditionIdle(Unprocessable):
    """Conditions are for subsidies."""

    code = "condition_idle"
    zh = "“{material}”没有补贴，不能设补贴条件。"
    en = "{material} is not subsidised, so it has no conditions."


class ValidityOverlaps(Conflict):
    """A version that was announced would never come into force, and nobody said that this is meant."""

    code = "validity_overlaps"
    zh = "第{number}版已公布、尚未生效；如要以本版取代它，请在请求中写明 supersede。"
    en = "Version {number} is announced and not in force yet; say `supersede` if this one is to replace it."


class SynonymNotFound(NotFound):
    """The caller's district has added no such word."""

    code = "synonym_not_found"
    zh = "本区县没有添加过这个叫法。"
    en = "Your district has added no such word."


class SynonymKnown(Conflict):
    """A material is found by a word once."""

    code = "synonym_known"
    zh = "“{material}”已经有“{word}”这个叫法。"
    en = "{material} is found by {word} already."


class SynonymWithdrawn(Conflict):
    """A word is withdrawn once."""

    code = "synonym_withdrawn"
    zh = "这个叫法已经撤回。"
    en = "The word was withdrawn already."


class SynonymEmpty(Unprocessable):
    """Blanks and hyphens alone are no word."""

    code = "synonym_empty"
    zh = "叫法不能只有空格和连字符。"
    en = "A word needs more than blanks and hyphens."


class PhotoTooLarge(Unprocessable):
    """A photo has more bytes than we take."""

    code = "photo_too_large"
    zh = "照片不能超过 {kib} KiB，请缩小后再上传。"
    en = "A photo has at most {kib} KiB; make it smaller first."


class PhotoHasTooManyPixels(Unprocessable):
    """A photo would unpack to more than we hold."""

    code = "photo_has_too_many_pixels"
    zh = "照片不能超过 {millions} 百万像素。"
    en = "A photo has at most {millions} million pixels."


class PhotoUnreadable(Unprocessable):
    """What came is no photo, or a broken one."""

    code = "photo_unreadable"
    zh = "无法读取照片：请上传完整的 JPEG、PNG 或 WebP 图片。"
    en = "The photo cannot be read; send a whole JPEG, PNG or WebP."


class PhotoAnimated(Unprocessable):
    """A photo stands still."""

    code = "photo_animated"
    zh = "不能使用动图，请上传静态照片。"
    en = "A photo does not move; send a still one."


class PhotoKnown(Conflict):
    """A material has a photo once."""

    code = "photo_known"
    zh = "“{material}”已经有这张照片。"
    en = "{material} has this photo already."


class PhotosTooMany(Conflict):
    """A material has as many photos as it may."""

    code = "photos_too_many"
    zh = "“{material}”已有 {most} 张照片，请先撤下一张。"
    en = "{material} has {most} photos already; withdraw one first."


class PhotoNotFound(NotFound):
    """The caller's district has put up no such photo."""

    code = "photo_not_found"
    zh = "本区县没有上传过这张照片。"
    en = "Your district has put up no such photo."


class PhotoWithdrawn(Conflict):
    """A photo is withdrawn once."""

    code = "photo_withdrawn"
    zh = "这张照片已经撤下。"
    en = "The photo was withdrawn already."


class PictureNotFound(NotFound):
    """No photo that anybody is shown has this address."""

    code = "picture_not_found"
    zh = "没有这张图片。"
    en = "There is no such picture."


class ImportUnreadable(Unprocessable):
    """The file is not of the format that it is said to be, or too large to open; a text says where."""

    code = "import_unreadable"
    zh = "无法读取文件：{why}。"
    en = "The file cannot be read: {why}."

    def __init__(self, line: int | None = None, column: int | None = None) -> None:
        why = Word("格式不符，或展开后过大", "it is of another format, or unpacks to too much")
        if line is not None:
            why = Word(
                f"第 {line} 行第 {column} 列不符合格式", f"it is broken at line {line}, column {column}"
            )
        super().__init__(line=line, column=column, why=why)


class CellUnreadable(Unprocessable):
    """A cell, a column or a sheet is not what the format has there."""

    code = "cell_unreadable"
    zh = "文件中的这一处与格式不符。"
    en = "This place of the file does not fit the format."


class CellUnfit(Unprocessable):
    """A cell is empty, too long, or holds what its column never does."""

    code = "cell_unfit"
    zh = "此格为空、过长，或不是该列允许的值。"
    en = "The cell is empty, too long, or holds what its column never does."


class RowTwice(Unprocessable):
    """A row says again what an earlier one said."""

    code = "row_twice"
    zh = "此行与前面的一行重复。"
    en = "The row repeats an earlier one."


class MaterialDiffers(Unprocessable):
    """The register of materials is the city's; a file of a district changes nothing in it."""

    code = "material_differs"
    zh = "“{material}”的 {field} 与全市品类目录不一致，不能由导入修改。"
    en = "{field} of {material} differs from the city's register, which no import changes."
