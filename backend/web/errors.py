"""What the pages can refuse."""

from backend.kit.errors import NotFound, Unavailable


class PagesNotBuilt(Unavailable):
    """What a page is made of has not been built on this server."""

    code = "pages_not_built"
    zh = "页面尚未构建，请在服务器上运行 python -m backend.web.build。"
    en = "The pages are not built yet: run `python -m backend.web.build` on the server."


class AssetNotFound(NotFound):
    """No page uses a file of this name."""

    code = "asset_not_found"
    zh = "没有这个文件。"
    en = "There is no such file."
