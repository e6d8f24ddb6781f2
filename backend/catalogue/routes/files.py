"""A whole catalogue as a file, out of a draft and into one."""

from typing import Any
from uuid import UUID

from flask import Response

from backend.catalogue import layouts, queries, service
from backend.catalogue.errors import ImportUnreadable
from backend.catalogue.examples import CATALOGUE, DRAFT, ROW_FLAW
from backend.catalogue.importing import Imported
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import FileIn, ImportedOut
from backend.kit.auth import refuses, requires
from backend.kit.drafts import DraftNotFound, StepImpossible
from backend.kit.etag import edits, expected
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.sheets import CONTENT_TYPE

_TOML = "application/toml"
_FILE = {"type": "string", "format": "binary"}


@blp.get("/price-list-drafts/<uuid:draft_id>/catalogue.xlsx")
@requires("price_list:read")
@paced(COSTLY)
@blp.response(200, _FILE, content_type=CONTENT_TYPE)
@refuses(DraftNotFound)
def download_workbook(draft_id: UUID) -> Response:
    """Download materials, words and a draft's rates as Excel."""
    return _file(layouts.as_workbook(_tables(draft_id), at=now()), CONTENT_TYPE, "xlsx")


@blp.get("/price-list-drafts/<uuid:draft_id>/catalogue.toml")
@requires("price_list:read")
@paced(COSTLY)
@blp.response(200, {"type": "string"}, content_type=_TOML, example=CATALOGUE)
@refuses(DraftNotFound)
def download_toml(draft_id: UUID) -> Response:
    """Download the same as TOML, which a program reads and a version control compares."""
    return _file(layouts.as_toml(_tables(draft_id)), _TOML, "toml")


def _tables(draft_id: UUID) -> dict[str, list[dict[str, Any]]]:
    draft = queries.draft(session(), actor().district, draft_id)
    register = queries.materials(session())
    return layouts.tables(
        list(register.values()), queries.all_synonyms(session()), [line.rate for line in draft.lines]
    )


def _file(content: bytes, media_type: str, ending: str) -> Response:
    named = f'attachment; filename="catalogue.{ending}"'
    return Response(content, content_type=media_type, headers={"Content-Disposition": named})


@blp.post("/price-list-drafts/<uuid:draft_id>/import")
@requires("price_list:draft")
@paced(COSTLY)
@edits
@idempotent
@blp.arguments(FileIn, example={"format": "toml", "content": "cmF0ZXMgPSBbXQ==", "check_only": True})
@blp.response(
    200,
    ImportedOut,
    example={"taken": False, "flaws": [ROW_FLAW], "new_synonyms": 0, "draft": DRAFT},
)
@refuses(DraftNotFound, StepImpossible, ImportUnreadable)
def import_catalogue(body: dict[str, Any], draft_id: UUID) -> Imported:
    """Write a draft's rates anew from a file and add its new words, or tell every row that keeps it out."""
    return service.take_file(session(), draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)
