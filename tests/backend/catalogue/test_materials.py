"""The register of materials, and finding one by what people call it."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.kit.paging import CursorUnreadable
from tests.makers import a_material


def test_a_material_that_is_known_stays_as_it_is(db: Session):
    a_material(db, "glass", name_zh="玻璃")
    a_material(db, "glass", name_zh="别的")

    assert queries.materials(db)["glass"].name_zh == "玻璃"


@pytest.mark.parametrize("q", ["玻璃", "璃", "gla", "GLASS", "rinse", "冲净"])
def test_it_is_found_by_a_part_of_what_is_said_of_it(db: Session, q: str):
    a_material(db, "glass", name_zh="玻璃")

    assert [material.key for material in queries.search(db, q=q, cursor=None, limit=20).items] == ["glass"]


@pytest.mark.parametrize("q", ["%", "_", "\\", "'; drop table material; --"])
def test_a_search_means_its_letters(db: Session, q: str):
    a_material(db, "glass")

    assert queries.search(db, q=q, cursor=None, limit=20).items == []


def test_the_list_comes_in_pages(db: Session):
    for key in ("foam", "glass", "cardboard"):
        a_material(db, key)

    first = queries.search(db, q="", cursor=None, limit=2)
    second = queries.search(db, q="", cursor=first.next_cursor, limit=2)
    assert [material.key for material in (*first.items, *second.items)] == ["cardboard", "foam", "glass"]
    assert second.next_cursor is None
    with pytest.raises(CursorUnreadable):
        queries.search(db, q="", cursor="nonsense", limit=2)


def test_what_is_refused_says_why(db: Session):
    a_material(db, "lamp", accepted=False)

    lamp = queries.materials(db)["lamp"]
    assert (lamp.accepted, lamp.refusal_en, lamp.goes_to) == (False, "It is not taken.", "other")


def test_a_key_is_plain(db: Session):
    with pytest.raises(IntegrityError, match="ck_material_key"):
        a_material(db, "Glass bottles")
