"""The proof, checked by software that none of us wrote: Go's own packages for its module log."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from backend.accounts import jobs, queries
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.makers import NOON, YUHANG, a_community, some_points

GO = shutil.which("go")
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")


def give(count: int) -> None:
    """Give points, to somebody else each time."""
    for _ in range(count):
        with transaction(districts=[YUHANG]) as db:
            some_points(db, new_id(NOON), 10)


def size_of(anybody: FlaskClient) -> int:
    """Tell how many entries are signed."""
    return int(anybody.get(f"/log/{YUHANG}/checkpoint").text.split("\n")[1])


@pytest.mark.skipif(
    GO is None or not SUMDB.exists(), reason="no Go: apt-get install golang-go golang-golang-x-mod-dev"
)
def test_go_checks_a_live_log_with_its_own_packages(app, tmp_path):
    anybody, household = app.test_client(), uuid4()
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
    give(23)
    jobs.seal()
    before = size_of(anybody)
    with transaction(districts=[YUHANG]) as db:
        entry = some_points(db, household, 10)
    give(260)
    jobs.seal()
    size = size_of(anybody)
    (key,) = anybody.get(f"/log/{YUHANG}/key").text.splitlines()
    with transaction(districts=[YUHANG], read_only=True) as db:
        receipt = queries.receipt(db, YUHANG, entry, household=household)
        assert receipt is not None
    pair = anybody.get(f"/log/{YUHANG}/consistency/{before}").text
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        checked = subprocess.run(
            [
                str(GO),
                "run",
                str(Path(__file__).with_name("check.go")),
                f"http://127.0.0.1:{server.server_port}/log/{YUHANG}",
                key,
                json.dumps(receipt._asdict()),
                pair,
            ],
            env=os.environ
            | {
                "GOPATH": str(SUMDB.parents[4]),
                "GO111MODULE": "off",
                "GOCACHE": str(tmp_path),
                "GOFLAGS": "",
            },
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        server.shutdown()
        thread.join()

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout == f"{size} leaves, position {before}, from {before} to {size}\n"
    assert size > 256
