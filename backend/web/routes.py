"""The two pages that render the API's description, and the files they are made of."""

import secrets
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from backend.kit.auth import public, refuses
from backend.web.build import VENDOR
from backend.web.errors import AssetNotFound, PagesNotBuilt

blp = Blueprint("web", __name__, template_folder="templates")

STATIC = Path(__file__).parent / "static"
WORDS = {
    "zh-CN": {"name": "绿账", "title": "接口文档", "try": "试用", "read": "阅读", "raw": "原文"},
    "en": {"name": "Lvzhang", "title": "API", "try": "Try", "read": "Read", "raw": "Source"},
}


@blp.get("/docs")
@public
@refuses(PagesNotBuilt)
def docs() -> Response:
    """Show the API with Swagger UI, where each call can be tried."""
    return page("web/docs.html", needs="swagger-ui-bundle.js")


@blp.get("/redoc")
@public
@refuses(PagesNotBuilt)
def redoc() -> Response:
    """Show the API with Redoc, made for reading."""
    return page("web/redoc.html", needs="redoc.standalone.js")


@blp.get("/assets/<path:name>")
@public
@refuses(AssetNotFound)
def asset(name: str) -> Response:
    """Serve one file of the pages."""
    try:
        return send_from_directory(STATIC, name, max_age=3600)
    except NotFound:
        raise AssetNotFound from None


def page(template: str, *, needs: str) -> Response:
    """Render a page that may load nothing but our own files."""
    if not (VENDOR / needs).is_file():
        raise PagesNotBuilt
    language = request.accept_languages.best_match(list(WORDS), default="zh-CN")
    nonce = secrets.token_urlsafe(16)
    shown = make_response(render_template(template, language=language, words=WORDS[language], nonce=nonce))
    shown.headers["Content-Security-Policy"] = policy(nonce)
    shown.headers["Content-Language"] = language
    shown.headers["Cache-Control"] = "no-store"
    shown.headers["Referrer-Policy"] = "no-referrer"
    shown.vary.add("Accept-Language")
    return shown


def policy(nonce: str) -> str:
    """Allow our own files only. A style sheet made in the page carries the nonce; scripts are files."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
