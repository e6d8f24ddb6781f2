"""A whole journey leaves no personal data, code or token in the log. Covers ASVS 5.0 16.2.5."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from sqlalchemy import text

from backend import worker
from backend.kit import jobs, logs, sms
from backend.kit.db import transaction
from backend.settings import settings
from seeds import load
from tests.journeys.conftest import CODE, quoted

STRANGER, ADDRESS = "16100000009", "示范路9号9幢909室"
FIRST_JOBS = 200


class Silent(BaseHTTPRequestHandler):
    """A gateway for text messages that says nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Text messages leave as they do in production, by a gateway."""
    with HTTPServer(("127.0.0.1", 0), Silent) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        there = sms.Gateway(f"http://127.0.0.1:{server.server_port}/", "the gateway's secret")
        monkeypatch.setattr(sms, "transport", lambda: there)
        yield
        server.shutdown()


def work_off() -> int:
    """Do what is due in this process, whose log is read."""
    assert worker.JOBS
    due = text("select id from outbox where done_at is null and due_at <= now() order by id limit :most")
    with transaction() as db:
        events = list(db.scalars(due, {"most": FIRST_JOBS}))
    for event in events:
        jobs.run(str(event))
    return len(events)


@pytest.mark.usefixtures("gateway")
def test_a_journey_tells_the_log_nothing_about_anybody(city, monkeypatch, capfd):
    monkeypatch.setenv("LV_LOG_REQUESTS", "yes")
    settings.cache_clear()
    logs.configure()
    stranger = city.resident(STRANGER)
    [community] = stranger.get("/v1/districts/330110/communities?limit=1")["items"]
    consent = {"agreed": True, "version": "2026-01"}
    home = {"community": community["code"], "address": ADDRESS, "consent": consent}
    stranger.post("/v1/household", home, status=201)
    stranger.post("/v1/household", home, status=409)
    bag = quoted(city, stranger)
    shown = stranger.get(bag.path)
    bag.collector.post(f"{bag.path}/confirmation", {"code": "000000"}, status=403)
    receipt = bag.collector.post(f"{bag.path}/confirmation", {"code": shown["confirmation_code"]}, status=201)
    offer = next(one for one in stranger.get("/v1/offers")["items"] if one["price_points"] == 200)
    voucher = stranger.post("/v1/redemptions", {"offer_id": offer["id"]}, status=201)["voucher"]
    city.till().post("/v1/vouchers/honouring", {"code": voucher["code"]})
    assert work_off() >= 2

    out, err = capfd.readouterr()
    logged = out + err
    assert logged.count("answered") >= 15
    assert f"/v1/entries/{receipt['entry_id']}" not in logged
    secrets = {
        STRANGER,
        STRANGER[-8:],
        ADDRESS,
        CODE,
        shown["confirmation_code"],
        voucher["code"],
        stranger.token,
        bag.collector.token,
        "the gateway's secret",
        load.cast("sun_ba")["password"],
        load.cast("C0001")["pin"],
        load.cast("C0001")["name_zh"],
    }
    assert [secret for secret in secrets if secret in logged] == []
