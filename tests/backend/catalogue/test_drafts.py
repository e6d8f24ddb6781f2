"""Drafts of price lists: simulated as they stand, approved by somebody else, and then final."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    BasisMissing,
    ConditionIdle,
    EffectiveInThePast,
    MaterialUnknown,
    NothingPriced,
    ProgrammeIdle,
    ProgrammeMissing,
    ProgrammeUnknown,
    RateAbsurd,
    RateNegative,
    RefusedEarns,
    ValidityOverlaps,
)
from backend.catalogue.models import DraftRow
from backend.catalogue.queries import Rate
from backend.catalogue.rules import digest_of
from backend.kit.db import see, transaction
from backend.kit.drafts import (
    DraftNotFound,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.errors import Problem
from backend.kit.ids import new_id
from backend.local.roles import Database
from tests.makers import (
    APPROVER,
    CARDBOARD,
    DRAFTER,
    NOON,
    PROGRAMME,
    XIHU,
    YUHANG,
    a_draft,
    a_material,
    a_price_list,
    a_programme,
    a_rate,
    an_actor,
    as_it_is,
)

HOUR = timedelta(hours=1)
ADMIN, CHIEF = an_actor(DRAFTER), an_actor(APPROVER, "approver")
DEARER = a_rate("cardboard", market=90)
SEEN: dict[str, Any] = {"at": NOON, "is_as_seen": as_it_is}
WORDS: dict[str, Any] = {"title": "草案", "note": ""}


def test_a_draft_begins_with_what_the_newest_version_pays(db: Session):
    version = a_price_list(db, CARDBOARD)

    made = service.draft(db, by=ADMIN, at=NOON, **WORDS)

    assert (made.state, made.revision, made.based_on) == ("drafted", 1, version)
    assert made.rates == {"cardboard": CARDBOARD}
    assert made.digest == digest_of([CARDBOARD])
    assert queries.draft(db, YUHANG, made.id) == made


def test_the_first_list_of_a_district_needs_rates(db: Session):
    with pytest.raises(NothingPriced):
        service.draft(db, by=ADMIN, at=NOON, **WORDS)

    first = a_draft(db, CARDBOARD, state="published")
    found = queries.price_list(db, YUHANG, at=NOON)
    assert (found.number, found.approval and found.approval.draft) == (1, first)


def test_what_is_published_names_its_draft_its_simulation_and_its_approver(db: Session):
    a_price_list(db, CARDBOARD)
    draft = queries.draft(db, YUHANG, a_draft(db, DEARER, state="published"))

    found = queries.price_list(db, YUHANG, at=NOON)
    assert (found.number, found.rates) == (2, {"cardboard": DEARER})
    assert found.approval is not None
    assert (found.approval.draft, found.approval.simulation) == (draft.id, draft.simulation)
    assert (found.approval.by, draft.published_by, draft.effective_at) == (APPROVER, APPROVER, NOON)


def test_it_may_be_in_force_from_a_later_time_on(db: Session):
    a_price_list(db, CARDBOARD)
    draft = a_draft(db, DEARER, state="approved")
    service.publish_draft(db, draft, by=CHIEF, effective_at=NOON + HOUR, **SEEN)

    assert queries.price_list(db, YUHANG, at=NOON).number == 1
    assert queries.price_list(db, YUHANG, at=NOON + HOUR).number == 2


def test_it_is_never_in_force_from_before(db: Session):
    a_price_list(db, CARDBOARD)
    draft = a_draft(db, DEARER, state="approved")

    with pytest.raises(EffectiveInThePast):
        service.publish_draft(db, draft, by=CHIEF, effective_at=NOON - HOUR, **SEEN)


def test_a_version_that_is_awaited_is_superseded_only_on_purpose(db: Session):
    a_price_list(db, CARDBOARD)
    a_price_list(db, a_rate("cardboard", market=9), effective_at=NOON + HOUR)
    draft = a_draft(db, DEARER, state="approved")

    with pytest.raises(ValidityOverlaps, match="Version 2"):
        service.publish_draft(db, draft, by=CHIEF, **SEEN)

    db.expire_all()
    service.publish_draft(db, draft, by=CHIEF, supersede=True, effective_at=NOON + HOUR, **SEEN)
    assert queries.price_list(db, YUHANG, at=NOON + 2 * HOUR).number == 3


def test_one_that_comes_after_what_is_awaited_overlaps_nothing(db: Session):
    a_price_list(db, CARDBOARD)
    a_price_list(db, a_rate("cardboard", market=9), effective_at=NOON + HOUR)
    draft = a_draft(db, DEARER, state="approved")

    service.publish_draft(db, draft, by=CHIEF, effective_at=NOON + 2 * HOUR, **SEEN)
    assert queries.price_list(db, YUHANG, at=NOON + HOUR).number == 2


@pytest.mark.parametrize("step", [service.approve, service.publish_draft, service.reject])
def test_nobody_decides_on_their_own(db: Session, step):
    state = "approved" if step is service.publish_draft else "submitted"
    draft = a_draft(db, CARDBOARD, state=state)
    why = {"reason": "理由。"} if step is service.reject else {}

    with pytest.raises(OwnDraft):
        step(db, draft, by=ADMIN, **SEEN, **why)


def test_who_has_edited_it_is_an_author_too(db: Session):
    draft = a_draft(db, CARDBOARD, simulated=False)
    edited = service.edit(db, draft, by=CHIEF, rates=[CARDBOARD], **WORDS, **SEEN)
    assert edited.authors == (DRAFTER, APPROVER)

    mark(db, draft)
    service.submit(db, draft, by=ADMIN, **SEEN)
    with pytest.raises(OwnDraft):
        service.approve(db, draft, by=CHIEF, **SEEN)


def mark(db: Session, draft, digest: str | None = None) -> bool:
    found = queries.draft(db, YUHANG, draft)
    return service.mark_simulated(
        db, district=YUHANG, draft=draft, simulation=new_id(), digest=digest or found.digest, at=NOON
    )


def test_what_was_not_simulated_is_not_submitted(db: Session):
    draft = a_draft(db, CARDBOARD, simulated=False)
    with pytest.raises(SimulationMissing):
        service.submit(db, draft, by=ADMIN, **SEEN)

    assert not mark(db, draft, "of something else")
    with pytest.raises(SimulationOutdated):
        service.submit(db, draft, by=ADMIN, **SEEN)

    assert mark(db, draft)
    assert service.submit(db, draft, by=ADMIN, **SEEN).state == "submitted"


def test_an_edit_outdates_the_simulation_unless_it_changes_no_payment(db: Session):
    draft = a_draft(db, CARDBOARD)
    same = service.edit(db, draft, by=ADMIN, title="另一个名字", note="说明", rates=[CARDBOARD], **SEEN)
    assert same.is_simulated

    other = service.edit(db, draft, by=ADMIN, rates=[DEARER], **WORDS, **SEEN)
    assert not other.is_simulated
    with pytest.raises(SimulationOutdated):
        service.submit(db, draft, by=ADMIN, **SEEN)


def test_a_simulation_that_fits_is_kept(db: Session):
    draft = a_draft(db, CARDBOARD)
    first = queries.draft(db, YUHANG, draft).simulation

    assert not mark(db, draft, "of something else")
    assert queries.draft(db, YUHANG, draft).simulation == first
    service.submit(db, draft, by=ADMIN, **SEEN)
    assert mark(db, draft)
    assert queries.draft(db, YUHANG, draft).simulation == first


@pytest.mark.parametrize("state", ["submitted", "approved", "rejected"])
def test_an_edit_takes_back_what_was_said_of_something_else(db: Session, state: str):
    draft = a_draft(db, CARDBOARD, state=state)

    edited = service.edit(db, draft, by=ADMIN, rates=[DEARER], **WORDS, **SEEN)

    assert (edited.state, edited.rates) == ("drafted", {"cardboard": DEARER})
    assert (edited.submitted_by, edited.approved_by, edited.rejected_by, edited.reason) == (None,) * 4


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_what_has_ended_takes_no_step(db: Session, state: str):
    draft = a_draft(db, CARDBOARD, state=state)

    with pytest.raises(StepImpossible):
        service.edit(db, draft, by=ADMIN, rates=[CARDBOARD], **WORDS, **SEEN)
    with pytest.raises(StepImpossible):
        service.withdraw(db, draft, by=ADMIN, reason="理由。", **SEEN)


def test_a_draft_that_another_has_overtaken_is_based_anew(db: Session):
    a_price_list(db, CARDBOARD)
    ours, theirs = a_draft(db, DEARER, state="submitted"), a_draft(db, CARDBOARD, state="approved")
    service.publish_draft(db, theirs, by=CHIEF, **SEEN)

    with pytest.raises(DraftOutdated):
        service.approve(db, ours, by=CHIEF, **SEEN)
    with pytest.raises(DraftOutdated):
        service.edit(db, ours, by=ADMIN, rates=[DEARER], based_on=new_id(), **WORDS, **SEEN)

    newest = queries.newest(db, YUHANG)
    based = service.edit(db, ours, by=ADMIN, rates=[DEARER], based_on=newest, **WORDS, **SEEN)
    assert based.based_on == newest
    with pytest.raises(SimulationMissing):
        service.submit(db, ours, by=ADMIN, **SEEN)
    mark(db, ours)
    assert service.submit(db, ours, by=ADMIN, **SEEN).state == "submitted"


def test_a_draft_names_the_newest_version_or_none(db: Session):
    a_price_list(db, CARDBOARD)

    with pytest.raises(DraftOutdated):
        service.draft(db, by=ADMIN, at=NOON, based_on=new_id(), **WORDS)


@pytest.mark.parametrize(
    ("rate", "refusal"),
    [
        (a_rate("unobtainium"), MaterialUnknown),
        (a_rate(market=-1), RateNegative),
        (a_rate(subsidy=Decimal("-0.01"), programme=PROGRAMME), RateNegative),
        (a_rate(market=100_001), RateAbsurd),
        (a_rate(operator=100_000_001, programme=PROGRAMME), RateAbsurd),
        (a_rate(subsidy=1, ceiling_grams=-1, programme=PROGRAMME), RateNegative),
        (a_rate(accepted=False, market=1), RefusedEarns),
        (Rate(**{**vars(a_rate(subsidy=1)), "programme": None}), ProgrammeMissing),
        (Rate(**{**vars(a_rate()), "programme": PROGRAMME}), ProgrammeIdle),
        (Rate(**{**vars(a_rate(subsidy=1)), "subsidy_basis": None}), BasisMissing),
        (a_rate(needs_confirmation=True), ConditionIdle),
        (a_rate(subsidy=1), ProgrammeUnknown),
    ],
)
def test_a_senseless_rate_is_refused_by_name(db: Session, rate: Rate, refusal: type[Problem]):
    a_programme(db)
    a_material(db, "glass")

    with pytest.raises(refusal):
        service.draft(db, by=ADMIN, at=NOON, rates=[rate], **WORDS)


rates = some.builds(
    a_rate,
    some.sampled_from(["glass", "foam", "cardboard"]),
    market=some.decimals(0, 100, places=2),
    subsidy=some.decimals(0, 100, places=2),
    ceiling_grams=some.none() | some.integers(0, 10**6),
    programme=some.just(PROGRAMME),
)


@given(some.lists(rates, max_size=3, unique_by=lambda rate: rate.material), some.randoms())
def test_a_digest_is_of_what_is_paid_and_not_of_how_it_is_written(drawn: list[Rate], chance):
    shuffled = chance.sample(drawn, len(drawn))
    written = [
        Rate(**{**vars(rate), "market_fen_per_kg": rate.market_fen_per_kg.normalize()}) for rate in shuffled
    ]
    assert digest_of(written) == digest_of(drawn)
    for rate in drawn:
        dearer = Rate(**{**vars(rate), "market_fen_per_kg": rate.market_fen_per_kg + 1})
        assert digest_of([dearer if other is rate else other for other in drawn]) != digest_of(drawn)


def test_another_district_has_drafts_of_its_own(db: Session):
    draft = a_draft(db, CARDBOARD)
    see(db, XIHU)

    with pytest.raises(DraftNotFound):
        queries.draft(db, XIHU, draft)
    with pytest.raises(DraftNotFound):
        service.submit(db, draft, by=an_actor(DRAFTER, district=XIHU), **SEEN)


def test_drafts_come_in_pages_the_newest_first(db: Session):
    made = [a_draft(db, CARDBOARD, at=NOON + nth * HOUR) for nth in range(3)]
    service.withdraw(db, made[0], by=ADMIN, reason="理由。", **SEEN)

    first = queries.drafts(db, YUHANG, state=None, cursor=None, limit=2)
    second = queries.drafts(db, YUHANG, state=None, cursor=first.next_cursor, limit=2)
    assert [head.id for head in (*first.items, *second.items)] == made[::-1]
    only = queries.drafts(db, YUHANG, state="withdrawn", cursor=None, limit=2)
    assert [head.id for head in only.items] == made[:1]


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"approved_by": DRAFTER, "approved_at": NOON}, "own"),
        ({"state": "submitted"}, "submitted"),
        (
            {"state": "submitted", "submitted_by": DRAFTER, "submitted_at": NOON, "simulated_digest": None},
            "simulated",
        ),
        ({"state": "published"}, "ck_price_list_draft"),
        ({"state": "rejected", "submitted_by": DRAFTER, "submitted_at": NOON}, "reason"),
        ({"withdrawn_by": DRAFTER, "withdrawn_at": NOON}, "withdrawn"),
        ({"state": "forgotten"}, "ck_price_list_draft"),
    ],
)
def test_the_database_knows_the_way_too(db: Session, values: dict[str, object], check: str):
    a_draft(db, CARDBOARD)

    with pytest.raises(IntegrityError, match=check):
        db.execute(update(DraftRow).values(values))


CHANGES = [
    "update price_list_draft set note = 'other' where state = 'published'",
    "delete from price_list_draft where state = 'withdrawn'",
    "update draft_rate set market_fen_per_kg = 1",
    "delete from draft_rate",
    'insert into draft_rate select (jsonb_populate_record(draft_rate, \'{"material": "glass"}\')).*'
    " from draft_rate",
]


@pytest.mark.parametrize("who", ["app", "owner", "admin"])
def test_nobody_changes_what_was_decided(database: Database, who: str):
    with transaction(districts=[YUHANG]) as db:
        a_material(db, "glass")
        for state in ("submitted", "published", "withdrawn"):
            a_draft(db, CARDBOARD, state=state)

    with psycopg.connect(getattr(database, f"{who}_url")) as conn:
        conn.execute("select set_config('lv.districts', %s, false)", [YUHANG])
        if who == "admin":
            conn.execute("set session_replication_role = replica")
        for change in CHANGES:
            with pytest.raises(psycopg.errors.RestrictViolation), conn.transaction():
                conn.execute(change)
        cut = psycopg.errors.InsufficientPrivilege if who == "app" else psycopg.errors.RestrictViolation
        with pytest.raises(cut), conn.transaction():
            conn.execute("truncate draft_rate, price_list_draft cascade")
