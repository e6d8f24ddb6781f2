"""How materials are entered, and how price lists are drafted and published."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.catalogue import payers
from backend.catalogue.drafting import (
    approve,
    draft,
    edit,
    mark_simulated,
    publish_draft,
    reject,
    submit,
    withdraw,
)
from backend.catalogue.importing import take_file
from backend.catalogue.models import MaterialRow
from backend.catalogue.photos import add_photo, withdraw_photo
from backend.catalogue.publishing import publish
from backend.catalogue.rules import Material
from backend.catalogue.synonyms import add_synonym, plant_synonym, withdraw_synonym

__all__ = [
    "add_material",
    "add_photo",
    "add_synonym",
    "approve",
    "ask_programmes",
    "draft",
    "edit",
    "mark_simulated",
    "plant_synonym",
    "publish",
    "publish_draft",
    "reject",
    "submit",
    "take_file",
    "withdraw",
    "withdraw_photo",
    "withdraw_synonym",
]

ask_programmes = payers.ask
"""Let a room tell which programmes a district has."""

_APART = frozenset({"basis", "also_called", "photos"})
"""What a material says in other columns, and what is said of it elsewhere."""


def add_material(db: Session, material: Material) -> None:
    """Enter a material; one that is known stays as it is."""
    words = {field: value for field, value in vars(material).items() if field not in _APART}
    basis = {
        "grade": material.basis.grade,
        "source": material.basis.source,
        "basis_zh": material.basis.zh,
        "basis_en": material.basis.en,
    }
    db.execute(insert(MaterialRow).values(words | basis).on_conflict_do_nothing())
