"""The tables of weighing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.postings import PricedLine
from backend.kit.db import Base, InDistrict
from backend.kit.envelope import six_digits
from backend.weighing.rules import (
    EVIDENCE_WORDS,
    Evidence,
    State,
    WeightFrom,
    cap_words,
    is_granted,
)

_SOURCES = ", ".join(f"'{source}'" for source in WeightFrom)
_EVIDENCE = ", ".join(f"'{evidence}'" for evidence in Evidence)
_STATES = ", ".join(f"'{state}'" for state in State)


class Weighing(InDistrict, Base):
    """What one collector weighed at one pickup, and how it ended."""

    __tablename__ = "weighing"
    __table_args__ = (
        ForeignKeyConstraint(["district", "pickup"], ["pickup.district", "pickup.id"]),
        ForeignKeyConstraint(["district", "scale"], ["scale.district", "scale.id"]),
        UniqueConstraint("district", "pickup"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("(state = 'quoted') <= (answer_by is not null)", name="a_quote_has_a_deadline"),
        CheckConstraint("(state = 'confirmed') = (entry is not null)", name="confirmed_is_posted"),
        Index("ix_weighing_household", "district", "household", "opened_at", "id"),
        Index("ix_weighing_district_opened_at", "district", "opened_at"),
        # A month's sheet and a recomputation take what ended in a time.
        Index("ix_weighing_district_ended_at", "district", "ended_at"),
    )

    pickup: Mapped[UUID]
    household: Mapped[UUID]
    collector: Mapped[UUID]
    operator: Mapped[UUID]
    scale: Mapped[UUID]
    certificate: Mapped[str]
    """The certificate that the scale held when it was used."""
    price_list: Mapped[UUID]
    factor_set: Mapped[UUID]
    state: Mapped[str]
    revision: Mapped[int]
    """Counts every change of the lines; a code and a deadline are good for one revision."""
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    points_months: Mapped[int | None]
    """How long its points last, as it was promised with the quote; None is for ever."""
    wrong_codes: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    """`app`, `code`, `card` or `silence` where it was confirmed, else who gave the goods back."""
    reason: Mapped[str | None]
    entry: Mapped[UUID | None]

    def code(self) -> str:
        """Return the six digits that stand for agreement with this revision of the quote."""
        return six_digits("confirmation", str(self.id), str(self.revision))

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether a quote was left unanswered until its deadline."""
        return self.state == State.QUOTED and self.answer_by is not None and self.answer_by <= at


class WeighingLine(InDistrict, Base):
    """One material on the scale, with the price that it was quoted and that its hold keeps."""

    __tablename__ = "weighing_line"
    __table_args__ = (
        ForeignKeyConstraint(["district", "weighing"], ["weighing.district", "weighing.id"]),
        CheckConstraint("0 <= tare_grams and tare_grams < gross_grams", name="net"),
        CheckConstraint("0 <= market_fen and 0 <= subsidy_fen and 0 <= operator_subsidy_fen", name="fen"),
        CheckConstraint("subsidised_grams between 0 and gross_grams - tare_grams", name="subsidised"),
        CheckConstraint("0 <= saved_co2e_grams", name="saved"),
        CheckConstraint(
            "(hold is null) = (subsidy_fen + operator_subsidy_fen = 0)", name="what_is_promised_is_held"
        ),
        CheckConstraint("paid_percent between 1 and 100", name="percent"),
        CheckConstraint(
            "(cap is not distinct from 'queued') = (queued_for is not null)"
            " and queued_fen >= 0 and queued_operator_fen >= 0"
            " and (queued_for is not null or queued_fen + queued_operator_fen = 0)",
            name="queued",
        ),
        CheckConstraint(f"weight_from in ({_SOURCES})", name="weight_from"),
        CheckConstraint(f"evidence in ({_EVIDENCE})", name="evidence"),
        CheckConstraint(
            "num_nonnulls(evidence_by, evidence_at, evidence_reason)"
            " = case when evidence in ('accepted', 'declined') then 3 else 0 end",
            name="evidence_decided",
        ),
        UniqueConstraint("district", "weighing", "no"),
        Index(
            "ix_weighing_line_evidence",
            "district",
            "evidence",
            "id",
            postgresql_where="evidence is not null",
        ),
    )

    weighing: Mapped[UUID]
    no: Mapped[int]
    """Its place on the receipt."""
    material: Mapped[str]
    gross_grams: Mapped[int]
    tare_grams: Mapped[int]
    weighed_at: Mapped[datetime]
    market_fen: Mapped[int]
    subsidised_grams: Mapped[int]
    subsidy_fen: Mapped[int]
    operator_subsidy_fen: Mapped[int]
    saved_co2e_grams: Mapped[int]
    programme: Mapped[UUID | None]
    cap: Mapped[str | None]
    """Why the subsidy is less than the rate, such as the `ceiling` of the household."""
    paid_percent: Mapped[int]
    """The share of the rates that a tapering programme pays."""
    queued_fen: Mapped[int]
    queued_operator_fen: Mapped[int]
    queued_for: Mapped[str | None]
    """The period whose money is to pay what this one's could not."""
    hold: Mapped[UUID | None]
    weight_from: Mapped[str]
    """`scale`: the verified scale sent it. `typed`: somebody read it off and typed it in."""
    needs_answer: Mapped[bool]
    """Whether its subsidies wait for staff if the resident is silent."""
    evidence: Mapped[str | None]
    """None: nothing is to be looked at. `needed`: staff will have to, once it is agreed on."""
    evidence_by: Mapped[UUID | None]
    evidence_at: Mapped[datetime | None]
    evidence_reason: Mapped[str | None]
    evidence_entry: Mapped[UUID | None]

    @property
    def net_grams(self) -> int:
        """Return what the material itself weighs."""
        return self.gross_grams - self.tare_grams

    @property
    def cap_zh(self) -> str | None:
        """Say in Chinese why less than the rate is paid."""
        return cap_words(self.cap, percent=self.paid_percent, period=self.queued_for)[0]

    @property
    def cap_en(self) -> str | None:
        """Say in English why less than the rate is paid."""
        return cap_words(self.cap, percent=self.paid_percent, period=self.queued_for)[1]

    @property
    def green_points(self) -> int:
        """Return what the household gets, a point a fen: market value, and the subsidy unless it waits."""
        return self.market_fen + self.granted_fen

    @property
    def granted_fen(self) -> int:
        """Return the household's subsidy as far as no evidence is missing."""
        return self.subsidy_fen if is_granted(self.evidence) else 0

    @property
    def granted_operator_fen(self) -> int:
        """Return the operator's subsidy as far as no evidence is missing."""
        return self.operator_subsidy_fen if is_granted(self.evidence) else 0

    @property
    def waiting_points(self) -> int:
        """Return the points that wait until staff have looked at the evidence."""
        return self.subsidy_fen if self.evidence in (Evidence.NEEDED, Evidence.WAITING) else 0

    @property
    def waits(self) -> bool:
        """Tell whether its subsidies stay held until staff decide."""
        return self.evidence == Evidence.WAITING

    def mark_agreed(self, *, silent: bool) -> None:
        """Let its subsidies wait for staff where evidence is missing."""
        if self.evidence == Evidence.NEEDED or (self.needs_answer and silent):
            self.evidence = Evidence.WAITING

    def mark_decided(self, evidence: Evidence, *, by: UUID, at: datetime, reason: str) -> None:
        """Keep what staff made of the evidence."""
        self.evidence = evidence
        self.evidence_by = by
        self.evidence_at = at
        self.evidence_reason = reason

    @property
    def evidence_zh(self) -> str | None:
        """Say in Chinese what its subsidies wait for."""
        return EVIDENCE_WORDS.get(self.evidence or "", (None, None))[0]

    @property
    def evidence_en(self) -> str | None:
        """Say in English what its subsidies wait for."""
        return EVIDENCE_WORDS.get(self.evidence or "", (None, None))[1]

    def priced(self) -> PricedLine:
        """Return the frozen value that the books post from."""
        return PricedLine(
            material=self.material,
            net_grams=self.net_grams,
            market_fen=self.market_fen,
            subsidy_fen=self.granted_fen,
            operator_subsidy_fen=self.granted_operator_fen,
            saved_co2e_grams=self.saved_co2e_grams,
            programme=self.programme,
        )


STEP = Sequence("quote_step_seq")
"""Drawn while a quote holds all of its locks: who follows from another has the greater number."""


class QuoteStep(Base):
    """What one line was promised, or what it gave back, in the order in which it happened; only ever added.

    All lines of one quote share its number. A line that is removed leaves no other trace of its weight.
    """

    __tablename__ = "quote_step"
    __table_args__ = (
        ForeignKeyConstraint(["district", "weighing"], ["weighing.district", "weighing.id"]),
        CheckConstraint(
            "kind in ('quote.held', 'quote.line_removed', 'quote.returned', 'subsidy.declined')", name="kind"
        ),
        CheckConstraint("0 <= subsidised_grams and subsidised_grams <= net_grams", name="grams"),
        Index("ix_quote_step_district_weighing", "district", "weighing"),
        Index("ix_quote_step_given_back", "district", "line", postgresql_where=text("kind <> 'quote.held'")),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    weighing: Mapped[UUID]
    no: Mapped[int]
    """Its place in the quote: what comes first is first under the ceiling."""
    at: Mapped[datetime]
    material: Mapped[str]
    net_grams: Mapped[int]
    market_fen: Mapped[int]
    subsidised_grams: Mapped[int]
    subsidy_fen: Mapped[int]
    operator_subsidy_fen: Mapped[int]
    saved_co2e_grams: Mapped[int]
    programme: Mapped[UUID | None]
    queued_fen: Mapped[int]
    queued_operator_fen: Mapped[int]
    reconstructed: Mapped[bool] = mapped_column(server_default="false")
    """Whether it was written afterwards from what the lines still said: then removed lines are missing."""


class CarbonChange(Base):
    """What a set of factors changed of a past weighing, once; the entry says the same."""

    __tablename__ = "carbon_change"
    __table_args__ = (
        ForeignKeyConstraint(["district", "weighing"], ["weighing.district", "weighing.id"]),
        CheckConstraint("delta_co2e_grams <> 0", name="something"),
        CheckConstraint("taken_co2e_grams between 0 and greatest(-delta_co2e_grams, 0)", name="taken"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    weighing: Mapped[UUID] = mapped_column(primary_key=True)
    factor_set: Mapped[UUID] = mapped_column(ForeignKey("factor_set.id"), primary_key=True)
    delta_co2e_grams: Mapped[int]
    """Against what stood before: what its lines were credited, and what other sets changed since."""
    taken_co2e_grams: Mapped[int]
    """Of a loss: what the household still had."""
    entry: Mapped[UUID | None]
    """None where nothing was there to be taken."""
    at: Mapped[datetime]
