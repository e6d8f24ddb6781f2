"""Finding a material by what people call it, and who may say what it is called."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    MaterialUnknown,
    SynonymEmpty,
    SynonymKnown,
    SynonymNotFound,
    SynonymWithdrawn,
)
from backend.catalogue.models import SynonymRow
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from seeds import city
from tests.makers import (
    DRAFTER,
    NOON,
    XIHU,
    YUHANG,
    a_community,
    a_material,
    a_synonym,
    a_token_of_staff,
    an_actor,
)

ADMIN = an_actor(DRAFTER)
FOREIGNER = an_actor(DRAFTER, district=XIHU)


def found(db: Session, q: str) -> list[str]:
    return [material.key for material in queries.search(db, q=q, cursor=None, limit=100).items]


@pytest.fixture
def planted(db: Session) -> Session:
    city.materials(db)
    city.synonyms(db)
    return db


@pytest.mark.parametrize("q", ["奶茶杯", "milk-tea cup", "Milk Tea Cup", "ＭＩＬＫ－ＴＥＡ　ＣＵＰ"])
def test_a_milk_tea_cup_is_found_however_it_is_written(planted: Session, q: str):
    assert found(planted, q) == ["pp", "soiled_paper", "soiled_plastic"]


def test_what_is_refused_is_found_with_its_reason_and_its_bin(planted: Session):
    (power_bank,) = queries.search(planted, q="充电宝", cursor=None, limit=20).items

    assert (power_bank.key, power_bank.accepted) == ("battery", False)
    assert power_bank.refusal_zh
    assert power_bank.refusal_en
    assert power_bank.goes_to
    assert "充电宝" in {called.word for called in power_bank.also_called}


def test_every_word_of_the_register_finds_its_material_and_what_is_cited_says_where(planted: Session):
    rows = planted.scalars(select(SynonymRow)).all()

    for row in rows:
        assert row.material in found(planted, row.word)
    assert {row.source is None for row in rows} == {True, False}
    assert all("闵行" in row.source or "北京" in row.source for row in rows if row.source)


def test_planting_twice_adds_nothing(planted: Session):
    before = len(planted.scalars(select(SynonymRow.id)).all())
    city.synonyms(planted)

    assert len(planted.scalars(select(SynonymRow.id)).all()) == before


def test_a_name_comes_before_a_synonym_and_that_before_a_part(db: Session):
    for key, name in [("e", "杯子架"), ("d", "纸杯子"), ("c", "别的"), ("b", "杯子"), ("a", "无关")]:
        a_material(db, key, name_zh=name)
    a_synonym(db, "c", word="杯 子")
    a_synonym(db, "a", word="大杯子")

    assert found(db, "杯子") == ["b", "c", "e", "a", "d"]
    assert found(db, "冲净") == ["a", "b", "c", "d", "e"]


def test_the_likeliest_come_first_over_pages_too(db: Session):
    for key, name in [("e", "杯子架"), ("d", "纸杯子"), ("c", "杯子"), ("b", "茶杯子"), ("a", "杯子垫")]:
        a_material(db, key, name_zh=name)
    keys, cursor = [], None
    for _ in range(3):
        page = queries.search(db, q="杯子", cursor=cursor, limit=2)
        keys += [material.key for material in page.items]
        cursor = page.next_cursor

    assert keys == ["c", "a", "e", "b", "d"]
    assert cursor is None


def test_a_word_that_is_withdrawn_finds_nothing_and_may_come_again(db: Session):
    word = a_synonym(db, word="酒瓶子")
    assert found(db, "酒瓶子") == ["glass"]

    withdrawn = service.withdraw_synonym(db, word, by=ADMIN, at=NOON, reason="不是这里的叫法。")

    assert withdrawn.withdrawn_at == NOON
    assert found(db, "酒瓶子") == []
    with pytest.raises(SynonymWithdrawn):
        service.withdraw_synonym(db, word, by=ADMIN, at=NOON, reason="再来。")
    a_synonym(db, word="酒瓶子")
    assert found(db, "酒瓶子") == ["glass"]


def test_both_are_on_the_trail_with_the_word_and_the_reason(db: Session):
    word = a_synonym(db, word="酒瓶子")
    service.withdraw_synonym(db, word, by=ADMIN, at=NOON, reason="不是这里的叫法。")

    lines = db.scalars(select(TrailLine).where(TrailLine.subject == f"synonym/{word}")).all()
    said = {"material": "glass", "word": "酒瓶子", "language": "zh"}
    assert {line.kind: (line.before, line.after) for line in lines} == {
        "synonym.added": (None, said),
        "synonym.withdrawn": (said, None),
    }


def test_a_word_is_said_once_of_a_material_and_of_one_that_there_is(db: Session):
    a_synonym(db, word="酒瓶子")

    with pytest.raises(SynonymKnown):
        a_synonym(db, word="酒－瓶子", by=FOREIGNER)
    with pytest.raises(SynonymEmpty):
        a_synonym(db, word=" - ")
    with pytest.raises(MaterialUnknown):
        service.add_synonym(db, by=ADMIN, at=NOON, material="gold", word="金子", language="zh")


def test_nobody_withdraws_the_words_of_others(planted: Session):
    of_yuhang = a_synonym(planted, word="酒瓶子")
    of_the_city = planted.scalars(select(SynonymRow.id).where(SynonymRow.district.is_(None)).limit(1)).one()

    for word, by in [(of_yuhang, FOREIGNER), (of_the_city, ADMIN), (new_id(), ADMIN)]:
        with pytest.raises(SynonymNotFound):
            service.withdraw_synonym(planted, word, by=by, at=NOON, reason="理由。")


def test_the_database_holds_a_word_to_how_it_is_compared(db: Session):
    row = db.get(SynonymRow, a_synonym(db, word="Wine-Bottle", language="en"))
    assert row is not None
    assert row.plain == "winebottle"

    row.plain = "beer"
    with pytest.raises(IntegrityError, match="ck_synonym_plain"):
        db.flush()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
        token = a_token_of_staff(db, at=utc_now())
        a_material(db, "lamp", accepted=False, name_zh="灯管")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_staff_add_a_word_and_a_visitor_finds_the_reason(admin: FlaskClient, app: Flask):
    said = {"material": "lamp", "word": "日光 灯", "language": "zh"}
    made = admin.post("/v1/synonyms", json=said, headers={"Idempotency-Key": "a"})
    assert (made.status_code, made.get_json()["district"]) == (201, YUHANG)
    again = admin.post("/v1/synonyms", json=said, headers={"Idempotency-Key": "b"})
    assert (again.status_code, again.get_json()["code"]) == (409, "synonym_known")
    assert [each["word"] for each in admin.get("/v1/synonyms?material=lamp").get_json()["items"]] == [
        "日光 灯"
    ]

    (lamp,) = app.test_client().get("/v1/materials", query_string={"q": "日光灯"}).get_json()["items"]
    assert (lamp["accepted"], lamp["refusal_en"], lamp["goes_to"]) == (False, "It is not taken.", "other")
    assert lamp["also_called"] == [{"word": "日光 灯", "language": "zh"}]

    gone = admin.post(
        f"/v1/synonyms/{made.get_json()['id']}/withdrawal",
        json={"reason": "写错了。"},
        headers={"Idempotency-Key": "c"},
    )
    assert gone.status_code == 200
    assert admin.get("/v1/synonyms?material=lamp").get_json()["items"] == []
