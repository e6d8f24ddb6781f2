"""How each operation is called with something that is the caller's own.

`{pickup}` and the like stand for what the scene of that stage has, in the address and in the body alike.
A route that is not listed here fails the tests, so a new one cannot hide.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from werkzeug.routing import Rule

from backend.app import create_app
from backend.carbon.examples import FACTOR_SAID, NAMING
from backend.identity.queries import StaffRole
from backend.identity.rules import TERMS
from backend.kit.auth import notes
from backend.kit.errors import Problem
from backend.kit.sheets import Layout
from tests import makers
from tests.walls.world import Stage

ALONE = {"notice", "device"}
"""What nobody shares, not even with those who work for the district."""
STAFF = get_args(StaffRole)
OF_THE_DISTRICT = {
    *("offer", "event", "programme", "order", "simulation", "factor_run", "synonym", "photo"),
    *("community_code", "outlet"),
}
"""What belongs to everybody in the district."""
OWNED = (
    ALONE
    | OF_THE_DISTRICT
    | {"person", "household", "card", "pickup", "weighing", "line", "redemption", "entry", "voucher", "scale"}
    | {
        "colleague",
        "staff_invitation",
        "shared_phone",
        "endpoint",
        "delivery",
        "programme",
        "order",
        "evidence",
        "draft",
        "sheet",
        "simulation",
        "factor_run",
        "certificate",
        "operator",
    }
)
"""What somebody may name that is not theirs."""
NOT_A_TILLS = {"till": "settlement_sheet_not_found"}
"""The sheet is an operator's."""
RATE = {
    "material": "cardboard",
    "market_fen_per_kg": "80",
    "market_basis": {"grade": "assumption", "zh": "演示的假设。", "en": "Assumption of the demo."},
}
CATALOGUE = base64.b64encode(
    b"""[[rates]]
material = "cardboard"
accepted = "yes"
market_fen_per_kg = "80"
subsidy_fen_per_kg = "0"
operator_fen_per_tonne = "0"
needs_verified_scale = "no"
needs_confirmation = "no"
market_grade = "assumption"
market_zh = "A"
market_en = "A"
"""
).decode()
POSITION = {"latitude_microdegrees": 30_300_000, "longitude_microdegrees": 119_950_000, "datum": "wgs84"}
NEW_OUTLET = {
    "merchant": "{merchant}",
    "name_zh": "新网点",
    "name_en": None,
    "address": "示范路 2 号",
    "hours": "",
    "position": None,
}
ENDPOINT = {"url": "https://recycler.example/hooks", "event_types": ["weighing.confirmed"]}


@dataclass(frozen=True)
class Call:
    """A request that succeeds for whom it concerns."""

    stage: Stage = Stage.RESTED
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    """The roles to which it is refused for another reason than a wall, and the code they are told."""
    told: Mapping[str, str] = field(default_factory=dict)
    """What may be said of somebody else's instead of that there is no such thing."""


CALLS: dict[str, Call] = {
    "network_list_districts": Call(),
    "network_list_communities": Call(),
    "network_list_placed_communities": Call(query={"placed": "true"}),
    "network_show_placed_community": Call(),
    "network_place_community": Call(body={"position": POSITION}),
    "network_list_operators": Call(),
    "network_list_scales": Call(query={"limit": "100"}),
    "network_register_scale": Call(
        body={
            "serial": "S-NEW",
            "operator": "{operator}",
            "accuracy_class": "III",
            "min_grams": 400,
            "max_grams": 60_000,
            "interval_grams": 20,
        }
    ),
    "network_show_scale": Call(),
    "network_list_certificates": Call(),
    "network_certify_scale": Call(
        body={"number": "C-NEW", "issuer": "某所", "issued_on": "2026-01-05", "expires_on": "2027-01-04"}
    ),
    "network_withdraw_certificate": Call(body={"reason": "录入错误"}),
    "network_list_checks": Call(),
    "network_check_scale": Call(body={"nominal_grams": 20_000, "read_grams": 20_020}),
    "network_retire_scale": Call(body={"reason": "报废"}),
    "network_bring_scale_back": Call(Stage.ASSIGNED, body={"reason": "误操作"}),
    "network_show_area": Call(),
    "network_change_area": Call(
        body={
            "opens": "08:00",
            "closes": "18:00",
            "promise_minutes": 60,
            "serves_holidays": False,
            "answer_hours": 24,
            "points_months": 24,
            "basis_zh": "演示的假设。",
            "basis_en": "Assumption of the demo.",
        }
    ),
    "identity_send_code": Call(body={"phone": "16100080000"}),
    "identity_sign_in_resident": Call(
        body={"phone": "{phone}", "request_id": "any", "code": makers.FIXED_CODE}
    ),
    "identity_sign_in_collector": Call(
        body={"number": "{number}", "pin": makers.PIN, "phone_code": makers.FIXED_CODE}
    ),
    "identity_sign_in_staff": Call(body={"username": "{username}", "password": makers.PASSWORD}),
    "identity_verify_second_factor": Call(body={"code": "000000"}),
    "identity_change_password": Call(
        body={"old_password": makers.PASSWORD, "new_password": "seven lamps by the lake"},
        refused={"collector": "secret_wrong"},
    ),
    "identity_change_pin": Call(
        body={"old_pin": makers.PIN, "new_pin": "480261"},
        refused=dict.fromkeys(STAFF, "secret_wrong"),
    ),
    "identity_enrol_second_factor": Call(body={"password": makers.PASSWORD}),
    "identity_confirm_second_factor": Call(
        body={"code": "000000"}, refused=dict.fromkeys(STAFF, "no_second_factor")
    ),
    "identity_renew_recovery_codes": Call(
        body={"password": makers.PASSWORD}, refused={"till": "no_second_factor"}
    ),
    "identity_offer_phone": Call(),
    "identity_list_phones": Call(),
    "identity_end_phone": Call(),
    "identity_refresh": Call(body={"refresh_token": "{refresh}"}),
    "identity_exchange_district": Call(body={"district": "{district}"}),
    "identity_sign_out": Call(),
    "identity_me": Call(),
    "identity_terms": Call(),
    "identity_list_accesses": Call(),
    "identity_list_devices": Call(),
    "identity_end_device": Call(),
    "identity_prove": Call(body={"request_id": "any", "code": makers.FIXED_CODE}),
    "identity_invite": Call(),
    "identity_join": Call(
        body={"code": "{invitation}", "consent": {"agreed": True, "version": TERMS}},
    ),
    "identity_leave": Call(),
    "identity_list_cards": Call(),
    "identity_add_card": Call(),
    "identity_reveal_card": Call(),
    "identity_revoke_card": Call(),
    "identity_issue_card": Call(),
    "identity_withdraw_card": Call(),
    "identity_vouch": Call(body={"reason": "本人持身份证到柜台办理"}),
    "identity_list_people": Call(query={"phone_last4": "{last4}"}),
    "identity_reveal": Call(body={"what": "phone", "reason": "核对昨天的投诉"}),
    "identity_set_up_household": Call(
        body={
            "community": "{community}",
            "address": "示范路9号",
            "consent": {"agreed": True, "version": TERMS},
        },
        refused={"resident": "already_in_household"},
    ),
    "identity_household": Call(),
    "notices_inbox": Call(),
    "notices_read": Call(),
    "staffing_list_colleagues": Call(),
    "staffing_depart": Call(body={"reason": "合同到期"}),
    "staffing_invite": Call(
        body={"role": "collector", "name": "吴十"}, refused={"district_admin": "role_not_yours"}
    ),
    "staffing_list_invitations": Call(query={"limit": "100"}),
    "staffing_take_back": Call(),
    "staffing_accept_as_staff": Call(
        body={"code": "{staff_code}", "username": "newly.come", "password": "seven lamps by the lake"}
    ),
    "staffing_accept_as_collector": Call(
        body={"code": "{collector_code}", "number": "C9001", "pin": "480261"}
    ),
    # All of it: lines of the same moment have no order that a page could be known by.
    "staffing_list_trail": Call(query={"limit": "100"}),
    "webhooks_list_endpoints": Call(),
    "webhooks_register": Call(body=ENDPOINT),
    "webhooks_show_endpoint": Call(),
    "webhooks_change_endpoint": Call(body=ENDPOINT),
    "webhooks_remove_endpoint": Call(),
    "webhooks_renew_secret": Call(),
    "webhooks_pause": Call(),
    "webhooks_resume": Call(),
    "webhooks_ping": Call(),
    "webhooks_list_deliveries": Call(query={"limit": "100"}),
    "webhooks_replay_since": Call(body={"since": "2026-01-01T00:00:00+08:00"}),
    "webhooks_replay": Call(),
    "catalogue_list_materials": Call(),
    "catalogue_list_synonyms": Call(query={"limit": "100"}),
    "catalogue_add_synonym": Call(body={"material": "glass", "word": "酒瓶子", "language": "zh"}),
    "catalogue_withdraw_synonym": Call(body={"reason": "不是这里的叫法。"}),
    "catalogue_list_photos": Call(query={"limit": "100"}),
    "catalogue_add_photo": Call(
        body={
            "material": "glass",
            "content": base64.b64encode(makers.a_picture("black")).decode(),
            "alt_zh": "黑色。",
            "alt_en": "Black.",
        }
    ),
    "catalogue_withdraw_photo": Call(body={"reason": "照片里是别的东西。"}),
    "catalogue_show_price_list": Call(),
    "catalogue_list_price_lists": Call(),
    "catalogue_show_version": Call(),
    "catalogue_show_differences": Call(),
    "catalogue_show_draft_differences": Call(),
    "catalogue_list_drafts": Call(),
    "catalogue_draft": Call(body={"title": "草案"}),
    "catalogue_show_draft": Call(),
    "catalogue_edit_draft": Call(body={"title": "草案", "note": "", "rates": [RATE]}),
    "catalogue_download_workbook": Call(),
    "catalogue_download_toml": Call(),
    "catalogue_import_catalogue": Call(body={"format": "toml", "content": CATALOGUE}),
    "catalogue_submit_draft": Call(),
    "catalogue_approve_draft": Call(Stage.ASSIGNED),
    "catalogue_reject_draft": Call(Stage.ASSIGNED, body={"reason": "预算不足。"}),
    "catalogue_withdraw_draft": Call(body={"reason": "另起草案。"}),
    "catalogue_publish_draft": Call(Stage.ACCEPTED, body={}),
    "carbon_show_factors": Call(),
    "carbon_list_factor_sets": Call(),
    "carbon_show_factor_set": Call(),
    "carbon_list_drafts": Call(query={"limit": "100"}),
    "carbon_draft": Call(body={"title": "草案", "naming": NAMING}),
    "carbon_show_draft": Call(),
    "carbon_edit_draft": Call(body={"title": "草案", "note": "", "naming": NAMING, "factors": [FACTOR_SAID]}),
    "carbon_submit_draft": Call(),
    "carbon_approve_draft": Call(Stage.ASSIGNED),
    "carbon_reject_draft": Call(Stage.ASSIGNED, body={"reason": "来源过时。"}),
    "carbon_withdraw_draft": Call(body={"reason": "另起草案。"}),
    "carbon_publish_draft": Call(Stage.ACCEPTED, body={}),
    "subsidy_show_guide": Call(),
    "subsidy_list_programmes": Call(),
    "subsidy_open_programme": Call(body={"name_zh": "新项目", "name_en": "A new one", **makers.BASIS}),
    "subsidy_show_programme": Call(),
    "subsidy_change_cap": Call(body={"cap_rule": "queue", "reason": "让补贴延续到明年"}),
    "subsidy_close_programme": Call(body={"reason": "到期"}),
    "subsidy_list_budgets": Call(),
    "subsidy_show_budget": Call(),
    "subsidy_freeze": Call(body={"reason": "审计"}),
    "subsidy_thaw": Call(
        body={"reason": "审计结束"},
        refused=dict.fromkeys(("district_admin", "approver"), "budget_not_frozen"),
    ),
    "subsidy_list_orders": Call(query={"limit": "100"}),
    "subsidy_draft_order": Call(
        body={
            "kind": "fund",
            "programme": "{programme}",
            "period": "{period}",
            "fen": 100,
            "source": "bank",
            **makers.BASIS,
        }
    ),
    "subsidy_show_order": Call(),
    "subsidy_approve_order": Call(),
    "subsidy_reject_order": Call(body={"reason": "依据不足"}),
    "subsidy_withdraw_order": Call(),
    "subsidy_list_promises": Call(),
    "accounts_show_accounts": Call(),
    "accounts_list_green": Call(),
    "accounts_list_carbon": Call(),
    "accounts_show_entry": Call(),
    "accounts_prove_entry": Call(),
    "accounts_list_witnesses": Call(),
    "settlement_list_sheets": Call(query={"limit": "100"}),
    "settlement_draw_up": Call(body={"month": "2026-01"}),
    "settlement_show": Call(refused=NOT_A_TILLS),
    "settlement_list_lines": Call(refused=NOT_A_TILLS),
    "settlement_download": Call(refused=NOT_A_TILLS),
    "settlement_sign": Call(body={"reason": "手工补记，见附件"}),
    "settlement_withdraw": Call(body={"reason": "重新生成"}),
    "settlement_pay": Call(Stage.QUOTED, body={"reference": "ICBC-1"}),
    "outlets_list_outlets": Call(query={"limit": "100"}),
    "outlets_register": Call(body=NEW_OUTLET),
    "outlets_show": Call(),
    "outlets_change": Call(body=NEW_OUTLET),
    "outlets_close": Call(body={"reason": "搬迁"}),
    "outlets_open_again": Call(Stage.ASSIGNED, body={"reason": "误操作"}),
    "rewards_list_merchants": Call(query={"limit": "100"}),
    "rewards_list_offers": Call(),
    "rewards_redeem": Call(body={"offer_id": "{offer}"}),
    "rewards_list_redemptions": Call(),
    "rewards_show": Call(),
    "rewards_picture": Call(),
    "rewards_cancel": Call(),
    # A till that holds another shop's voucher in its hands may hear so: the resident stands before it.
    "rewards_honour": Call(body={"code": "{voucher}"}, told={"voucher": "voucher_of_another_merchant"}),
    "rewards_list_takings": Call(),
    "pickups_book": Call(),
    "pickups_list_pickups": Call(),
    "pickups_show": Call(),
    "pickups_cancel": Call(Stage.ASSIGNED, body={"reason": "不在家"}),
    "pickups_day": Call(Stage.ASSIGNED, query={"date": "{day}"}),
    "pickups_reveal": Call(Stage.ASSIGNED),
    "pickups_vouch": Call(Stage.ARRIVED),
    "pickups_accept": Call(Stage.ASSIGNED),
    "pickups_arrive": Call(Stage.ACCEPTED),
    "weighings_record": Call(Stage.ARRIVED, body={"pickup_id": "{pickup}", "scale_id": "{scale}"}),
    "weighings_list_weighings": Call(),
    "weighings_show": Call(Stage.QUOTED),
    "weighings_add_lines": Call(
        Stage.OPEN, body={"lines": [{"material": "cardboard", "gross_grams": 2_000}]}
    ),
    "weighings_remove_line": Call(Stage.OPEN),
    "weighings_deliver_quote": Call(Stage.OPEN),
    "weighings_confirm": Call(Stage.QUOTED, body={"code": "{code}"}),
    "weighings_give_back": Call(Stage.QUOTED, body={"reason": "有污渍"}),
    "weighings_receipt": Call(),
    "evidence_list_evidence": Call(query={"limit": "100"}),
    "evidence_accept": Call(body={"reason": "照片相符"}),
    "evidence_decline": Call(body={"reason": "没有照片"}),
    "simulations_ask": Call(
        body={"since": "2026-01-01T00:00:00+08:00", "until": "2026-02-01T00:00:00+08:00", "changes": []}
    ),
    "simulations_list_simulations": Call(query={"limit": "100"}),
    "simulations_show": Call(),
    "simulations_cancel": Call(refused={"district_admin": "simulation_already_over"}),
    "simulations_list_groups": Call(query={"by": "material"}),
    "simulations_download": Call(),
    "factor_runs_simulate": Call(
        body={
            "draft": "{factor_draft}",
            "since": "2026-01-01T00:00:00+08:00",
            "until": "2026-02-01T00:00:00+08:00",
        }
    ),
    "factor_runs_recompute": Call(
        body={
            "factor_set": "{factor_set}",
            "since": "2026-01-01T00:00:00+08:00",
            "until": "2026-02-01T00:00:00+08:00",
        }
    ),
    "factor_runs_list_runs": Call(query={"limit": "100"}),
    "factor_runs_show_run": Call(),
    "factor_runs_cancel_run": Call(refused={"approver": "scope_missing"}),
    "jobs_list_dead": Call(),
    "jobs_try_again": Call(),
}


@dataclass(frozen=True)
class Operation:
    """A route under `/v1`, as the application has it."""

    name: str
    method: str
    address: str
    scope: str | None
    refusals: tuple[type[Problem], ...]
    table: Layout | None
    """As what spreadsheet it answers whoever asks for one."""

    @property
    def call(self) -> Call:
        """How it is called."""
        return CALLS[self.name]

    @property
    def names(self) -> list[str]:
        """The kinds of things that a call names and somebody owns."""
        said = self.address + json.dumps(self.call.body or {})
        return [kind for kind in re.findall(r"{(\w+)}", said) if kind in OWNED]


@cache
def operations() -> dict[str, Operation]:
    """Read the operations from the application's routes."""
    app = create_app()
    found = {}
    for rule in app.url_map.iter_rules():
        said = notes(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.rule.startswith("/v1/"):
                name = said["operation"]
                refusals = tuple(said.get("refusals", ()))
                found[name] = Operation(
                    name, method, _address(rule), said["scope"], refusals, said.get("table")
                )
    return found


def _address(rule: Rule) -> str:
    """Write a rule's address with the names of things: `/v1/pickups/{pickup}`."""
    return re.sub(r"<\w+(?:\(.*?\))?:(\w+?)(_id)?>", r"{\1}", rule.rule)


def filled(template: Any, ids: Mapping[str, str]) -> Any:
    """Put ids where their names stand."""
    if isinstance(template, Mapping):
        return {name: filled(value, ids) for name, value in template.items()}
    if isinstance(template, str):
        return re.sub(r"{(\w+)}", lambda found: ids[found[1]], template)
    return template
