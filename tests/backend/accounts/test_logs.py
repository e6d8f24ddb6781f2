"""A district's log as anybody sees it: signed, witnessed, provable, and never smaller than it was."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from socket import SHUT_WR, create_server, socket
from threading import Thread
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.accounts import audit, jobs, logs, queries, service, witnesses
from backend.accounts.errors import ProofNotReady
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.settings import settings
from ledger.seal.note import Signer, note
from ledger.seal.witness import request
from ledger.verify import (
    Checkpoint,
    Key,
    check_pair,
    check_receipt,
    check_tiles,
    open_checkpoint,
    tile_path,
    widths,
)
from ledger.witness import Witness
from tests.makers import NOON, XIHU, YUHANG, a_community, a_token_of_staff, some_points
from tests.witnesses import answering


@pytest.fixture
def given(database):
    """Some points in Yuhang."""
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
    return more(3)


def more(count: int) -> list[UUID]:
    """Give points, each in a transaction of its own."""
    entries = []
    for _ in range(count):
        with transaction(districts=[YUHANG]) as db:
            entries.append(some_points(db, new_id(NOON), 10))
    return entries


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """A folder that remembers what was published."""
    monkeypatch.setenv("LV_LOG_MEMORY", str(tmp_path / "memory"))
    settings.cache_clear()
    return tmp_path / "memory"


@pytest.fixture
def anybody(app):
    return app.test_client()


def keys(anybody) -> list[Key]:
    return [Key.read(line) for line in anybody.get(f"/log/{YUHANG}/key").text.splitlines()]


def opened(anybody, *more_keys: Key):
    return open_checkpoint(anybody.get(f"/log/{YUHANG}/checkpoint").text, [*keys(anybody), *more_keys])


def test_anybody_can_count_a_log_again(given, anybody, tmp_path):
    jobs.seal()
    size = opened(anybody).checkpoint.size
    names = ["checkpoint"]
    for number, width in widths(size):
        names += [tile_path("entries", number, width), tile_path(0, number, width)]
    for name in names:
        served = anybody.get(f"/log/{YUHANG}/{name}")
        assert served.status_code == 200, name
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(served.data)

    assert size == 3
    assert opened(anybody).checkpoint.origin == f"lvzhang.local/log/{YUHANG}"
    assert "All 3 leaves" in check_tiles(tmp_path, keys(anybody)).sentence


def test_what_may_be_cached_says_so(given, anybody):
    jobs.seal()
    checkpoint, tile = (anybody.get(f"/log/{YUHANG}/{name}") for name in ("checkpoint", "tile/0/000.p/3"))

    assert checkpoint.content_type == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "public, max-age=1"
    assert tile.content_type == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "name",
    ["checkpoint/2", "tile/0/000", "tile/0/000.p/4", "tile/0/../key", "consistency/1", "consistency/9"],
)
def test_what_was_not_signed_is_not_there(given, anybody, name):
    jobs.seal()

    assert anybody.get(f"/log/{YUHANG}/{name}").status_code == 404
    assert anybody.get(f"/log/{XIHU}/{name}").json["code"] == "log_not_found"


@pytest.mark.parametrize("name", ["checkpoint", "key"])
def test_there_is_no_log_of_no_district(app, name):
    anybody = app.test_client()

    assert anybody.get(f"/log/999999/{name}").json["code"] == "log_not_found"
    for nobody in ("nowhere", "%00", "330110%2C330106"):
        assert anybody.get(f"/log/{nobody}/{name}").status_code == 404


def test_what_is_not_there_yet_is_not_remembered_as_missing(given, anybody):
    jobs.seal()
    later = f"/log/{YUHANG}/tile/0/000.p/4"
    missing = anybody.get(later)
    more(1)
    jobs.seal()

    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    assert anybody.get(later).status_code == 200


def test_two_checkpoints_are_joined(given, anybody):
    jobs.seal()
    more(2)
    jobs.seal()
    pair = anybody.get(f"/log/{YUHANG}/consistency/3").json

    assert "first 3 entries" in check_pair(pair, keys(anybody)).sentence
    assert anybody.get(f"/log/{YUHANG}/checkpoint/3").text == pair["old"]


def test_an_idle_log_is_left_alone(given, anybody):
    assert jobs.seal() == 3
    before = anybody.get(f"/log/{YUHANG}/checkpoint").text

    assert jobs.seal() == 0
    assert anybody.get(f"/log/{YUHANG}/checkpoint").text == before


def test_a_key_is_replaced_while_the_log_goes_on(given, anybody):
    jobs.seal()
    (old,) = keys(anybody)
    with transaction(districts=[YUHANG]) as db:
        new = Key.read(service.renew_log_key(db, YUHANG, at=utc_now()))
    more(1)
    jobs.seal()
    note = anybody.get(f"/log/{YUHANG}/checkpoint").text
    assert all(open_checkpoint(note, [key]).checkpoint.size == 4 for key in (old, new))

    with transaction(districts=[YUHANG]) as db:
        assert service.retire_log_keys(db, YUHANG, at=utc_now()) == 1
    more(1)
    jobs.seal()
    note = anybody.get(f"/log/{YUHANG}/checkpoint").text
    assert old.id.hex() not in note
    assert open_checkpoint(note, [new]).checkpoint.size == 5
    assert keys(anybody) == [new, old]


def test_where_no_key_is_older_none_is_retired(given):
    for _ in range(2):
        with transaction(districts=[YUHANG]) as db:
            assert service.retire_log_keys(db, YUHANG, at=utc_now()) == 0
        jobs.seal()


def test_the_audit_holds_the_log_against_what_it_has_signed(given, anybody, database):
    jobs.seal()
    kept = anybody.get(f"/log/{YUHANG}/checkpoint").text
    forged = kept.replace("\n3\n", "\n7\n")
    stranger = Signer(opened(anybody).checkpoint.origin, bytes(32))
    said: list[str] = []

    assert audit.run(database.auditor_url, say=said.append, against=[kept])
    for other in (forged, note(opened(anybody).checkpoint, [stranger.sign(opened(anybody).checkpoint)]), ""):
        said.clear()
        assert not audit.run(database.auditor_url, say=said.append, against=[other])
        assert said[0].startswith("What was kept elsewhere is no checkpoint of ours")


def test_the_secret_of_a_log_is_wrapped(given, database):
    jobs.seal()
    with transaction(districts=[YUHANG], read_only=True) as db:
        (key,) = logs._active(db, YUHANG)
        (signer,) = logs._signers(db, YUHANG)
        assert signer.seed not in key.vault_key
        assert str(signer.log_key()) == key.verifier


def test_an_older_database_signs_nothing(given, anybody, memory):
    jobs.seal()
    remembered = (memory / f"{YUHANG}.checkpoint").read_text()
    more(1)
    (memory / f"{YUHANG}.checkpoint").write_text(remembered.replace("\n3\n", "\n7\n"))
    jobs.seal()

    assert opened(anybody).checkpoint.size == 3
    (memory / f"{YUHANG}.checkpoint").write_text(remembered)
    jobs.seal()
    assert opened(anybody).checkpoint.size == 4
    assert (memory / f"{YUHANG}.checkpoint").read_text() == anybody.get(f"/log/{YUHANG}/checkpoint").text


@pytest.fixture
def bureau(given, anybody, tmp_path) -> Iterator[list[witnesses.Witness]]:
    """Two witnesses on the network."""
    jobs.seal()
    names, logs = ("bureau.example/witness", "office.example/witness"), keys(anybody)
    with ExitStack() as running:
        yield [running.enter_context(answering(name, tmp_path, logs)) for name in names]


def test_witnesses_sign_what_has_only_grown(bureau, anybody):
    assert [jobs.witness(who) for who in bureau] == [1, 1]
    assert [jobs.witness(who) for who in bureau] == [0, 0]
    more(1)
    jobs.seal()
    assert jobs.witness(bureau[0]) == 1

    first, second = (who.key for who in bureau)
    assert set(opened(anybody, first, second).witnessed) == {first.name}
    before = open_checkpoint(anybody.get(f"/log/{YUHANG}/checkpoint/3").text, [*keys(anybody), first, second])
    assert set(before.witnessed) == {first.name, second.name}


def test_a_witness_that_is_down_or_lies_signs_nothing_and_stops_nothing(bureau, anybody):
    liar = bureau[0]._replace(key=bureau[1].key)
    down = bureau[0]._replace(url="http://127.0.0.1:1")

    assert [jobs.witness(who) for who in (liar, down, bureau[1])] == [0, 0, 1]
    assert set(opened(anybody, *(who.key for who in bureau)).witnessed) == {bureau[1].key.name}


def test_a_witness_of_one_log_is_asked_for_it_whatever_others_there_are(bureau, database, anybody):
    with transaction(districts=[XIHU]) as db:
        a_community(db, XIHU)
        some_points(db, new_id(NOON), 10, district=XIHU)
    jobs.seal()

    assert anybody.get(f"/log/{XIHU}/checkpoint").status_code == 200
    resting: dict[str, float] = {}
    assert jobs.witness(bureau[0], resting=resting) == 1
    assert [*resting] == [XIHU]


def test_a_witness_that_has_seen_another_log_tells_of_it(given, anybody, tmp_path):
    jobs.seal()
    with transaction(districts=[YUHANG], read_only=True) as db:
        (signer,) = logs._signers(db, YUHANG)
    other = Checkpoint(signer.name, 3, bytes(32))
    name, asked = "bureau.example/witness", request(0, [], note(other, [signer.sign(other)]))
    assert Witness(name, tmp_path / name, keys(anybody)).add(asked.spelled()).status == 200

    with (
        answering(name, tmp_path, keys(anybody)) as who,
        pytest.raises(witnesses.Ahead, match="has seen other leaves"),
    ):
        witnesses.ask(who, YUHANG)


@pytest.mark.parametrize(
    "nonsense", [b"no HTTP at all\n\n", b"HTTP/1.1 409 Conflict\r\n\r\n" + b"9" * 5_000 + b"\n"]
)
def test_a_witness_that_talks_nonsense_has_not_signed(bureau, nonsense):
    with create_server(("127.0.0.1", 0)) as line:
        thread = Thread(target=_say, args=(line, nonsense))
        thread.start()
        with pytest.raises(witnesses.Unwitnessed):
            witnesses.ask(bureau[0]._replace(url=f"http://127.0.0.1:{line.getsockname()[1]}"), YUHANG)
        thread.join()


def _say(line: socket, words: bytes) -> None:
    asking, _ = line.accept()
    with asking:
        asking.sendall(words)
        asking.shutdown(SHUT_WR)
        while asking.recv(1 << 16):
            pass


def test_a_witness_goes_on_where_it_stands(bureau, anybody, database):
    assert jobs.witness(bureau[0]) == 1
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("alter table ledger.cosignature disable trigger user")
        admin.execute("delete from ledger.cosignature")
    assert jobs.witness(bureau[0]) == 1
    more(1)
    jobs.seal()

    assert jobs.witness(bureau[0]) == 1


def test_a_witness_that_has_seen_more_tells_of_an_older_database(bureau, anybody, database):
    more(1)
    jobs.seal()
    assert jobs.witness(bureau[0]) == 1
    with psycopg.connect(database.admin_url) as admin:
        for table in ("cosignature", "checkpoint"):
            admin.execute(f"alter table ledger.{table} disable trigger user")
        admin.execute("delete from ledger.cosignature where size = 4")
        admin.execute("delete from ledger.checkpoint where size = 4")

    with pytest.raises(witnesses.Ahead):
        witnesses.ask(bureau[0], YUHANG)
    assert jobs.witness(bureau[0]) == 0


def test_staff_see_which_witness_is_behind(bureau, app, monkeypatch, statements):
    first, second = bureau
    monkeypatch.setenv("LV_WITNESSES", f"{first.key} {first.url}, {second.key} {second.url}")
    settings.cache_clear()
    assert [jobs.witness(who) for who in bureau] == [1, 1]
    more(1)
    jobs.seal()
    assert jobs.witness(second) == 1

    with transaction(districts=[XIHU]) as db:
        a_community(db, XIHU)

    def shown(role, district):
        with transaction(districts=[district]) as db:
            token = a_token_of_staff(
                db, role=role, username=f"{role}.{district}", district=district, at=utc_now()
            )
        statements.clear()
        return app.test_client().get("/v1/witnesses", headers={"Authorization": f"Bearer {token}"})

    answer = shown("auditor", YUHANG)
    behind, ahead = answer.json["items"]
    assert len(statements) == 2  # who is asking, and how far each has signed
    assert (behind["name"], behind["has_signed_newest"], behind["signed_entries"]) == (
        first.key.name,
        False,
        3,
    )
    assert (ahead["name"], ahead["has_signed_newest"], ahead["signed_entries"]) == (second.key.name, True, 4)
    assert behind["signed_at"] <= ahead["signed_at"]
    assert not any(who.url in answer.text or "127.0.0.1" in answer.text for who in bureau)
    never = {"has_signed_newest": False, "signed_entries": None, "signed_at": None}
    assert shown("district_admin", XIHU).json["items"] == [{"name": who.key.name, **never} for who in bureau]
    assert shown("approver", YUHANG).json["code"] == "scope_missing"


@pytest.mark.parametrize(
    "written", ["a", "a+b+c https://w.example", "KEY http://w.example", "KEY", "KEY file:///etc/passwd"]
)
def test_a_witness_is_asked_over_https(given, anybody, written):
    jobs.seal()

    with pytest.raises(ValueError, match=r"witness|key|id|base64"):
        witnesses.named(written.replace("KEY", str(keys(anybody)[0])))
    assert len(witnesses.named(f"{keys(anybody)[0]} https://w.example/, ")) == 1


def test_a_receipt_is_for_whom_it_concerns(given, anybody, database):
    household = uuid4()
    with transaction(districts=[YUHANG]) as db:
        entry = some_points(db, household, 10)
    with transaction(districts=[YUHANG], read_only=True) as db, pytest.raises(ProofNotReady):
        queries.receipt(db, YUHANG, entry, household=household)
    jobs.seal()
    with transaction(districts=[YUHANG], read_only=True) as db:
        found = queries.receipt(db, YUHANG, entry, household=household)
        assert found is not None
        assert check_receipt(json.loads(json.dumps(found._asdict())), keys(anybody))
        assert queries.receipt(db, YUHANG, entry, household=uuid4()) is None
        assert queries.receipt(db, YUHANG, uuid4(), household=household) is None
