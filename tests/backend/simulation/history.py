"""Histories at random, made by the verbs that make real ones: what a replay is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.booking import service as booking
from backend.carbon import service as carbon
from backend.identity import service as identity
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.errors import Problem
from backend.kit.ids import new_id
from backend.network import service as network
from backend.subsidy import budgets
from backend.subsidy import queries as subsidies
from backend.subsidy import service as subsidy
from backend.weighing import evidence
from backend.weighing import service as weighing
from tests import makers
from tests.makers import YUHANG

BEGINS = datetime(2026, 11, 27, 9, 0, tzinfo=CITY)
JUDGE = Actor(id=UUID(int=9), role="district_admin", scopes=frozenset(), district=YUHANG)
MATERIALS = ("glass", "foam", "cardboard")


@dataclass
class Bag:
    """A weighing that nobody has ended."""

    id: UUID
    home: int
    collector: Actor
    lines: list[UUID]


@dataclass
class History:
    """A district with several households, collectors, programmes and prices, and what happens to it."""

    db: Session
    random: Random
    at: datetime = BEGINS
    collectors: dict[UUID, Actor] = field(default_factory=dict)
    residents: list[Actor] = field(default_factory=list)
    programmes: list[UUID] = field(default_factory=list)
    scale: UUID = field(default_factory=new_id)
    bags: list[Bag] = field(default_factory=list)
    made: int = 0
    factor_sets: int = 1

    def set_up(self, *, homes: int = 4, cap_rules: Sequence[str] = ("stop", "stop")) -> None:
        """Open the district."""
        community = makers.a_community(self.db)
        operator = new_id(self.at)
        network.add_operator(self.db, id=operator, name_zh="某公司", name_en="A company")
        network.cover(self.db, district=YUHANG, communities=[community], operator=operator)
        makers.a_service_area(self.db)
        self._scale(operator)
        accounts.open_book(self.db, YUHANG)
        for material in MATERIALS:
            makers.a_material(self.db, material)
        makers.an_approved_factor_set(self.db, at=self.at - timedelta(days=1))
        for nth, rule in enumerate(cap_rules):
            self._programme(nth, rule)
        for nth in range(2):
            found = makers.a_collector(self.db, operator=operator, number=f"C900{nth}", at=self.at)
            self.collectors[found.id] = found
        for nth in range(homes):
            home = identity.open_household(
                self.db, community=community, address=f"示范路{nth}号（虚构）", at=self.at
            )
            self.residents.append(makers.a_resident(self.db, home.id, phone=f"+86161777{nth:05}", at=self.at))
        self.publish()

    def _scale(self, operator: UUID) -> None:
        network.register_scale(
            self.db,
            id=self.scale,
            district=YUHANG,
            serial="S-1",
            operator=operator,
            accuracy_class="III",
            min_grams=400,
            max_grams=60_000,
            interval_grams=1,
        )
        network.certify(
            self.db,
            id=new_id(self.at),
            district=YUHANG,
            scale=self.scale,
            number="C-1",
            issuer="某所",
            issued_on=date(2026, 11, 1),
            expires_on=date(2027, 10, 1),
        )

    def _programme(self, nth: int, rule: str) -> None:
        programme = new_id(self.at)
        subsidy.open_programme(
            self.db,
            id=programme,
            district=YUHANG,
            name_zh=f"项目{nth}",
            name_en=f"Programme {nth}",
            cap_rule=rule,
            by=Actor.system(YUHANG),
            at=self.at,
            taper_below_fen=400 if rule == "taper" else None,
            taper_percent=37 if rule == "taper" else None,
            basis_zh="假设。",
            basis_en="Assumption.",
        )
        self.programmes.append(programme)
        self.fund(programme, self.random.randint(200, 900))

    def fund(self, programme: UUID, fen: int) -> None:
        """Bring money for the year that it is."""
        budgets.fund(
            self.db,
            district=YUHANG,
            programme=programme,
            period=subsidies.period_of(self.at),
            fen=fen,
            by=Actor.system(YUHANG),
            at=self.at,
            basis_zh="假设。",
            basis_en="Assumption.",
        )

    def publish(self) -> None:
        """Publish other prices, of which bags that are booked from now on are paid."""
        some = self.random
        rates = [
            makers.a_rate(
                material,
                market=Decimal(some.randint(0, 900)) / 10,
                subsidy=Decimal(some.randint(1, 3000)) / 100,
                operator=some.randint(0, 40_000),
                ceiling_grams=some.choice([None, 3_000, 9_000]),
                programme=some.choice(self.programmes),
                needs_verified_scale=some.random() < 0.4,
            )
            for material in ("glass", "foam")
        ]
        makers.a_price_list(self.db, *rates, makers.CARDBOARD, at=self.at)

    def live(self, steps: int, *, corrected: bool = False) -> None:
        """Let something happen, again and again, over months and a turn of the year.

        :param corrected: whether lines are weighed anew, and what was agreed on is reckoned anew
        """
        for _ in range(steps):
            self.at += timedelta(hours=self.random.choice([1, 2, 5, 20]))
            if not 9 <= self.at.astimezone(CITY).hour < 16:
                self.at = (self.at + timedelta(days=1)).replace(hour=9)
            verbs = [self.begin, self.begin, self.begin, self.add, self.agree, self.agree, self.agree]
            verbs += [self.remove, self.give_back, self.top_up, self.judge]
            if corrected:
                verbs += [self.weigh_anew, self.weigh_anew, self.reckon_anew]
            if self.random.random() < 0.1:
                verbs = [self.publish, self.freeze]
            self.random.choice(verbs)()

    def begin(self) -> None:
        """Weigh a bag of a household that has none at the door."""
        busy = {bag.home for bag in self.bags}
        free = [nth for nth in range(len(self.residents)) if nth not in busy]
        if not free:
            return
        home = self.random.choice(free)
        pickup = booking.book(self.db, by=self.residents[home], at=self.at).pickup
        assert pickup.collector is not None, "there are two"
        collector = self.collectors[pickup.collector]
        booking.reveal(self.db, pickup.id, by=collector, at=self.at)
        booking.accept(self.db, pickup.id, by=collector, at=self.at)
        booking.arrive(self.db, pickup.id, by=collector, at=self.at)
        quote = weighing.record(
            self.db, by=collector, at=self.at, pickup_id=pickup.id, scale_id=self.scale, lines=self._lines()
        )
        self.made += 1
        self.bags.append(Bag(quote.weighing.id, home, collector, [line.id for line in quote.lines]))

    def _lines(self) -> list[Mapping[str, object]]:
        return [self._line() for _ in range(self.random.randint(1, 4))]

    def _line(self) -> Mapping[str, object]:
        some, tare = self.random, self.random.randint(0, 50)
        return {
            "id": UUID(int=some.getrandbits(128), version=4),
            "material": some.choice(MATERIALS),
            "gross_grams": some.randint(500, 6_000) + tare,
            "tare_grams": tare,
        }

    def add(self) -> None:
        """Put more on the scale."""
        if self.bags:
            bag = self.random.choice(self.bags)
            quote = weighing.add_lines(self.db, bag.id, by=bag.collector, at=self.at, lines=self._lines())
            bag.lines = [line.id for line in quote.lines]

    def remove(self) -> None:
        """Take a line back."""
        if self.bags:
            bag = self.random.choice(self.bags)
            if bag.lines:
                line = bag.lines.pop(self.random.randrange(len(bag.lines)))
                weighing.remove_line(self.db, bag.id, line, by=bag.collector, at=self.at)

    def weigh_anew(self) -> None:
        """Take a line back and put it on the scale once more, as after a slip."""
        made = [bag for bag in self.bags if bag.lines]
        if made:
            bag = self.random.choice(made)
            line = bag.lines.pop(self.random.randrange(len(bag.lines)))
            weighing.remove_line(self.db, bag.id, line, by=bag.collector, at=self.at)
            lines = [self._line()]
            quote = weighing.add_lines(self.db, bag.id, by=bag.collector, at=self.at, lines=lines)
            bag.lines = [line.id for line in quote.lines]

    def reckon_anew(self) -> None:
        """Bring other factors into force, and recompute by them what was agreed on so far."""
        self.factor_sets += 1
        factors = [
            makers.a_factor(material, f"{self.random.randint(0, 20_000) / 10_000:.4f}")
            for material in MATERIALS
        ]
        found = makers.a_factor_set(*factors, version=self.factor_sets, at=self.at)
        carbon.publish(self.db, found)
        since = BEGINS - timedelta(days=1)
        weighing.recompute(self.db, YUHANG, found, since=since, until=self.at, at=self.at)

    def agree(self) -> None:
        """Deliver a quote, and take it."""
        if self.bags:
            bag = self.random.choice(self.bags)
            if bag.lines:
                weighing.deliver_quote(self.db, bag.id, by=bag.collector, at=self.at)
                weighing.confirm(self.db, bag.id, by=self.residents[bag.home], at=self.at)
                self.bags.remove(bag)

    def give_back(self) -> None:
        """Leave the goods with the household."""
        if self.bags:
            bag = self.random.choice(self.bags)
            weighing.give_back(self.db, bag.id, by=bag.collector, at=self.at, reason="改了主意")
            self.bags.remove(bag)

    def judge(self) -> None:
        """Accept the evidence for a subsidy that waits for it, or decline it."""
        waits = "select id from weighing_line where evidence = 'waiting' order by id"
        found = self.db.scalars(text(waits)).all()
        if found:
            verb = self.random.choice([evidence.accept, evidence.decline])
            verb(self.db, self.random.choice(found), by=JUDGE, at=self.at, reason="照片")

    def top_up(self) -> None:
        """Bring a little money, so that budgets run out again and again."""
        self.fund(self.random.choice(self.programmes), self.random.randint(1, 400))

    def freeze(self) -> None:
        """Freeze a budget, or thaw it."""
        which, period = self.random.choice(self.programmes), subsidies.period_of(self.at)
        verb = self.random.choice([budgets.freeze, budgets.thaw])
        try:
            with self.db.begin_nested():
                verb(self.db, which, period, reason="试验", by=Actor.system(YUHANG), at=self.at)
        except Problem:
            return
