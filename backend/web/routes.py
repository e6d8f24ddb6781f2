"""The pages with their files, the two that render the API's description, and the one that checks receipts."""

import base64
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory
from werkzeug.exceptions import NotFound

from backend.accounts import queries as accounts
from backend.kit.auth import public, refuses
from backend.kit.http import language, session
from backend.web.build import PAGES, VENDOR
from backend.web.errors import AssetNotFound, PagesNotBuilt

blp = Blueprint("web", __name__, template_folder="templates")

STATIC = Path(__file__).parent / "static"
WORDS = {
    "zh-CN": {"name": "绿账", "title": "接口文档", "try": "试用", "read": "阅读", "raw": "原文"},
    "en": {"name": "Lvzhang", "title": "API", "try": "Try", "read": "Read", "raw": "Source"},
}

# Scripts set the style of an element, which no policy forbids; none is written into a page. A picture that is
# fetched or made in the page, as a voucher's code, is a `blob:` or `data:` address.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
ONE_YEAR = 365 * 86_400


@blp.get("/")
@public
@refuses(PagesNotBuilt)
def landing() -> Response:
    """Show who may go where."""
    return entry("landing")


@blp.get("/app/")
@blp.get("/app/<path:inside>")
@public
@refuses(PagesNotBuilt)
def resident(inside: str = "") -> Response:
    """Show the pages of residents; their own router reads the rest of the address."""
    return entry("resident")


@blp.get("/collector/")
@blp.get("/collector/<path:inside>")
@public
@refuses(PagesNotBuilt)
def collector(inside: str = "") -> Response:
    """Show the app of collectors, which may look through the camera at a card."""
    return seeing(entry("collector"))


@blp.get("/collector/worker.js")
@public
@refuses(PagesNotBuilt)
def collector_worker() -> Response:
    """Serve what lets the app of collectors open without a network, at the address that it may serve."""
    return strict(built("collector/worker.js"))


@blp.get("/console/")
@blp.get("/console/<path:inside>")
@public
@refuses(PagesNotBuilt)
def console(inside: str = "") -> Response:
    """Show the pages of a district's staff and of auditors."""
    return entry("console")


@blp.get("/till/")
@blp.get("/till/<path:inside>")
@public
@refuses(PagesNotBuilt)
def till(inside: str = "") -> Response:
    """Show the pages of a merchant's till, which may look through the camera at a voucher."""
    return seeing(entry("merchant"))


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


@blp.get("/verify")
@public
def verify() -> Response:
    """Show the page that checks receipts; saved to a disk, it does so without a network."""
    chosen, keys = language(), "\n".join(accounts.every_verifier(session()))
    shown = make_response(verify_page(chosen, keys))
    shown.headers["Content-Security-Policy"] = f"{sealed_policy()}; frame-ancestors 'none'"
    shown.headers["Content-Language"] = chosen
    shown.headers["Cache-Control"] = "no-cache"
    shown.headers["Referrer-Policy"] = "no-referrer"
    shown.vary.add("Accept-Language")
    return shown


@blp.get("/assets/<path:name>")
@public
@refuses(AssetNotFound)
def asset(name: str) -> Response:
    """Serve one file of the pages; a name that holds the digest of its content is good for ever."""
    hashed = name.startswith("pages/hashed/")
    try:
        served = send_from_directory(STATIC, name, max_age=ONE_YEAR if hashed else 3600)
    except NotFound:
        raise AssetNotFound from None
    if hashed:
        served.cache_control.immutable = True
        return compressed(name, served)
    return served


def compressed(name: str, served: Response) -> Response:
    """Serve what the build has compressed, to whom it fits."""
    served.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or not (STATIC / f"{name}.gz").is_file():
        return served
    served.close()
    smaller = send_from_directory(STATIC, f"{name}.gz", mimetype=served.mimetype, max_age=ONE_YEAR)
    smaller.headers["Content-Encoding"] = "gzip"
    smaller.cache_control.immutable = True
    smaller.vary.add("Accept-Encoding")
    return smaller


def entry(name: str) -> Response:
    """Serve the first file of some pages, which may load nothing but our own files."""
    return strict(built(f"{name}/index.html"))


def strict(shown: Response) -> Response:
    """Let what is shown load our own files, and nothing else."""
    shown.headers["Content-Security-Policy"] = PAGE_POLICY
    return shown


def built(name: str) -> Response:
    """Serve a file whose name stays when its content changes."""
    try:
        return send_from_directory(PAGES, name, max_age=0)
    except NotFound:
        raise PagesNotBuilt from None


def seeing(shown: Response) -> Response:
    """Let a page use the camera; whoever holds the device is still asked."""
    shown.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
    return shown


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


def verify_page(language: str, keys: str) -> str:
    """Put the page that checks receipts into one file."""
    return render_template(
        "web/verify.html",
        language=language,
        keys=keys,
        policy=sealed_policy(),
        script=_script(),
        style=_part("page.css"),
    )


def sealed_policy() -> str:
    """Allow the one script and the one style sheet of that page, by their hashes, and nothing else."""
    script, style = _hash(_script()), _hash(_part("page.css"))
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'"
    )


def _script() -> str:
    return _part("check.js") + _part("page.js")


@cache
def _part(name: str) -> str:
    return (Path(__file__).parent / "verify" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
