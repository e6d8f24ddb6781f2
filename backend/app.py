"""The application: the one place that knows every room."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from backend.accounts import routes as accounts
from backend.accounts import service as accounting
from backend.booking import routes as booking
from backend.carbon import routes as carbon
from backend.catalogue import routes as catalogue
from backend.catalogue import service as cataloguing
from backend.identity import queries as identities
from backend.identity import routes as identity
from backend.kit import dead_letters, health, logs
from backend.kit.api import PlatformApi, describe_events, open_api
from backend.kit.auth import public
from backend.kit.http import Platform, check_gates, prepare
from backend.kit.starting import refuse_unsafe
from backend.network import routes as network
from backend.notices import routes as notices
from backend.outlets import routes as outlets
from backend.rewards import queries as redemptions
from backend.rewards import routes as rewards
from backend.settings import settings
from backend.simulation import routes as simulation
from backend.staffing import routes as staffing
from backend.subsidy import queries as subsidies
from backend.subsidy import routes as subsidy
from backend.subsidy import service as subsidising
from backend.web import routes as web
from backend.webhooks import routes as webhooks
from backend.weighing import queries as weighings
from backend.weighing import routes as weighing

ROOMS = (
    *(network, identity, notices, staffing, webhooks, catalogue, carbon, subsidy, accounts, rewards),
    *(outlets, booking, weighing, simulation),
)


def introduce() -> None:
    """Let rooms ask those above them what these alone know."""
    cataloguing.ask_programmes(subsidies.programmes_known)
    subsidising.ask_quotes(weighings.queued_in_quotes)
    accounting.explain("funding", facts=subsidies.settled_facts, names=subsidies.programme_names)
    accounting.explain("redemption", facts=redemptions.settled_facts, names=redemptions.merchant_names)
    accounting.explain(
        "weighing",
        facts=weighings.settled_facts,
        names=weighings.operator_names,
        weights=weighings.settled_weights,
    )


def create_app() -> Platform:
    """Build the platform from its rooms; refuse to start where that would not be safe."""
    refuse_unsafe()
    logs.configure()
    introduce()
    app = Platform("backend", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings().body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask types the provider by its base
    app.authenticate = identities.authenticate
    prepare(app)
    api = open_api(app)
    for room in (*ROOMS, dead_letters):
        api.register_blueprint(room.blp)
    api.register_blueprint(weighing.desk)
    api.register_blueprint(simulation.factor_runs)
    api.register_blueprint(accounts.settlement)
    app.register_blueprint(accounts.log)
    app.register_blueprint(catalogue.pictures)
    app.register_blueprint(web.blp)
    app.register_blueprint(health.blp)
    _publish(app, api)
    check_gates(app)
    return app


def _publish(app: Platform, api: PlatformApi) -> None:
    """Serve the document of what runs, made once."""
    describe_events(api, webhooks.EVENTS)
    document = api.spec.to_dict()

    @app.get("/openapi.json")
    @public
    def openapi() -> ResponseReturnValue:
        """Return the OpenAPI document of what runs."""
        return jsonify(document)

    app.extensions["openapi"] = document
