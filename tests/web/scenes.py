"""What goes on in a district while pictures of its console are taken."""

from datetime import timedelta
from typing import Any

from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.subsidy.queries import period_of
from tests.makers import a_dead_letter
from tests.web.console import YUHANG, Office, behind, market, settle, work
from tests.web.test_places import put_on_the_map

WEIGHED = "16100000691"
WEEK = ("2026-11-08T00:00:00+08:00", "2026-11-16T00:00:00+08:00")
COUNTED = {"none_found", "credited_kg_per_kg"}
"""What is reckoned out of a factor, and never sent."""


class Scenes:
    """A district in which something of each kind is under way."""

    def __init__(self, office: Office) -> None:
        """Let a draft wait for its approver, money for its approval, and a month for its signatures."""
        self.office = office
        note = "入冬后玻璃和纸板行情有变。"
        self._need_a_scale_for_glass()
        self.draft = office.draft("余杭区冬季价目", note=note, glass=market("35"), cardboard=market("60"))
        self.sketch = office.draft("纸板降价（起草中）", note=note, cardboard=market("70"))
        office.simulate(self.draft)
        work(office.stage)
        office.step("admin", f"/v1/price-list-drafts/{self.draft}", "submission")
        office.simulate(self.sketch)
        self._order()
        self.scale = self._scales()
        with behind(office.stage), transaction(districts=[YUHANG]) as db:
            a_dead_letter(db, at=utc_now())
        settle(office.stage)
        found = office.call("admin", "GET", "/v1/settlement/sheets")["items"]
        put_on_the_map(office.stage)
        self.sheet = next(each["id"] for each in found if each["party_kind"] == "operator")
        self.programme = office.call("admin", "GET", "/v1/budgets")["items"][0]
        found = office.call("admin", "GET", "/v1/simulations")["items"]
        self.simulation = next(each["id"] for each in found if each["draft"] == self.draft)
        self.endpoint = self._endpoint()
        self.factor_draft, self.factor_set, self.factor_run = self._factors()

    def _need_a_scale_for_glass(self) -> None:
        """Let a typed weight of glass wait for staff."""
        draft = self.office.approved("玻璃须用检定过的秤", glass={"needs_verified_scale": True})
        self.office.step("approver", f"/v1/price-list-drafts/{draft}", "publication", {})
        self.office.stage.newcomer(WEIGHED)
        self.office.stage.weigh(WEIGHED, agreed=True)

    def _order(self) -> None:
        programme = self.office.call("admin", "GET", "/v1/programmes")["items"][0]["id"]
        body = {
            "kind": "fund",
            "programme": programme,
            "period": period_of(utc_now()),
            "fen": 5_000_000,
            "source": "bank",
        }
        basis = {"basis_zh": "演示的追加拨款。", "basis_en": "More money, for the demo."}
        self.office.call("admin", "POST", "/v1/budget-orders", {**body, **basis})

    def _scales(self) -> str:
        """Register scales that stand in every way; return one that failed its check."""
        today = utc_now().astimezone(CITY).date()
        ends = {"GALLERY-SOON": 12, "GALLERY-GONE": -3, "GALLERY-SOLD": 200, "GALLERY-OFF": 90}
        for serial in ("GALLERY-NEW", *ends):
            scale = f"/v1/scales/{self.office.call('admin', 'POST', '/v1/scales', self._plate(serial))['id']}"
            if serial in ends:
                issued_on, expires_on = today - timedelta(days=90), today + timedelta(days=ends[serial])
                paper = {"number": serial.replace("GALLERY", "HZJL"), "issuer": "示范计量检定所（虚构）"}
                days = {"issued_on": str(issued_on), "expires_on": str(expires_on)}
                self.office.call("admin", "POST", f"{scale}/certificates", paper | days)
            if serial == "GALLERY-SOLD":
                self.office.step("admin", scale, "retirement", {"reason": "秤台变形，已报废。"})
        for read in (20_000, 20_060):
            self.office.call(
                "admin", "POST", f"{scale}/checks", {"nominal_grams": 20_000, "read_grams": read}
            )
        return scale.rpartition("/")[2]

    def _plate(self, serial: str) -> dict[str, Any]:
        operator = self.office.call("admin", "GET", "/v1/operators")["items"][0]["id"]
        range_grams = {"min_grams": 400, "max_grams": 60_000, "interval_grams": 20}
        return {"serial": serial, "operator": operator, "accuracy_class": "III", **range_grams}

    def _endpoint(self) -> str:
        """Register an endpoint that nobody answers at, and try it."""
        body = {"url": "https://hooks.recycler.example/lvzhang", "event_types": ["weighing.confirmed"]}
        endpoint = self.office.call(
            "manager", "POST", "/v1/webhooks/endpoints", body | {"description": "调度"}
        )
        self.office.call("manager", "POST", f"/v1/webhooks/endpoints/{endpoint['id']}/ping")
        work(self.office.stage)
        return str(endpoint["id"])

    def _factors(self) -> tuple[str, str, str]:
        """Try a draft of factors, and begin to apply the set in force; return both and the run."""
        of, drafts, week = (
            self.office.call,
            "/v1/carbon/factor-set-drafts",
            {"since": WEEK[0], "until": WEEK[1]},
        )
        newest = of("admin", "GET", "/v1/carbon/factor-sets")["items"][0]
        naming = {key: newest[key] for key in newest if key == "name" or key.endswith(("_zh", "_en"))}
        lines = [{key: line[key] for key in line.keys() - COUNTED} for line in newest["factors"]]
        glass = next(line for line in lines if line["material"] == "glass")
        glass |= {"kg_per_kg": "0.9", "upper_kg_per_kg": "1.2"}
        body = {"title": "玻璃因子更正", "note": "", "naming": naming, "factors": lines}
        draft = of("admin", "POST", drafts, body)["id"]
        of("admin", "POST", "/v1/carbon/simulations", {"draft": draft, **week})
        of("approver", "POST", "/v1/carbon/recomputations", {"factor_set": newest["id"], **week})
        work(self.office.stage)
        self.office.step("admin", f"{drafts}/{draft}", "submission")
        runs = of("admin", "GET", "/v1/carbon/runs")["items"]
        return draft, newest["id"], next(each["id"] for each in runs if each["kind"] == "recomputation")

    def path(self, written: str) -> str:
        """Fill in what came to be with the scenes."""
        budget = f"{self.programme['programme']['id']}/{self.programme['period']}"
        return written.format(
            draft=self.draft,
            sketch=self.sketch,
            sheet=self.sheet,
            budget=budget,
            simulation=self.simulation,
            scale=self.scale,
            endpoint=self.endpoint,
            factor_draft=self.factor_draft,
            factor_set=self.factor_set,
            factor_run=self.factor_run,
        )
