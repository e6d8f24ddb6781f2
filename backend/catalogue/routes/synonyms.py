"""Words that materials are found by, which staff add and withdraw."""

from typing import Any
from uuid import UUID

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    MaterialUnknown,
    SynonymEmpty,
    SynonymKnown,
    SynonymNotFound,
    SynonymWithdrawn,
)
from backend.catalogue.examples import SYNONYM, SYNONYM_WITHDRAWN
from backend.catalogue.queries import Synonym
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import ReasonIn, SynonymIn, SynonymOut, SynonymPageOut, SynonymsIn
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page


@blp.get("/synonyms")
@requires("price_list:read")
@blp.arguments(SynonymsIn, location="query")
@blp.response(200, SynonymPageOut, example={"items": [SYNONYM], "next_cursor": None})
@refuses(CursorUnreadable)
def list_synonyms(args: dict[str, Any]) -> Page[Synonym]:
    """List the words that materials are found by, of the city's register and of every district."""
    return queries.synonyms(session(), **args)


@blp.post("/synonyms")
@requires("material:edit")
@idempotent
@blp.arguments(SynonymIn, example={key: SYNONYM[key] for key in ("material", "word", "language")})
@blp.response(201, SynonymOut, example=SYNONYM)
@refuses(MaterialUnknown, SynonymEmpty, SynonymKnown)
def add_synonym(body: dict[str, str]) -> Synonym:
    """Let everybody find a material by a word; a word may stand for several materials."""
    return service.add_synonym(session(), by=actor(), at=now(), **body)


@blp.post("/synonyms/<uuid:synonym_id>/withdrawal")
@requires("material:edit")
@idempotent
@blp.arguments(ReasonIn, example={"reason": "不是这里的叫法。"})
@blp.response(200, SynonymOut, example=SYNONYM_WITHDRAWN)
@refuses(SynonymNotFound, SynonymWithdrawn)
def withdraw_synonym(body: dict[str, str], synonym_id: UUID) -> Synonym:
    """Withdraw a word that your district has added."""
    return service.withdraw_synonym(session(), synonym_id, by=actor(), at=now(), **body)
