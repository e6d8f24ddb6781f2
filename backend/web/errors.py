"""What the pages can refuse."""

from backend.kit.errors import NotFound, Unavailable


class PagesNotBuilt(Unavailable):
    """The bundles that a page needs have not been fetched on this server."""

    code = "pages_not_built"
    zh = "接口文档页面尚未构建，请在服务器上运行 python -m backend.web.build。"
    en = "The API pages are not built yet: run `python -m backend.web.build` on the server."


class AssetNotFound(NotFound):
    """No page uses a file of this name."""

    code = "asset_not_found"
    zh = "没有这个文件。"
    en = "There is no such file."
