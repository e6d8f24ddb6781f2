"""What is posted can be proven to anyone, and nobody can take it back without being found."""

import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from ledger import (
    NotYetSealed,
    UnknownBook,
    Unlinked,
    audit,
    checkpoint_at,
    cosign,
    grow,
    newest_checkpoint,
    pair,
    post,
    post_many,
    receipt,
    seal,
    served,
    sign,
    witnessed,
)
from ledger.publishing import BATCH
from ledger.seal.note import Signer, note
from ledger.seal.tree import SMALL, Tile, inclusion, tiles_for
from ledger.store import posted
from ledger.verify import Checkpoint, Unproven, check_pair, check_receipt, open_checkpoint, read_json
from tests.crowd import wait_until_all_wait
from tests.ledger.makers import ALICE, BOB, a_hold, an_award, an_entry
from tests.ledger.seal.makers import BUREAU, OFFICE
from tests.ledger.test_past import rows_read

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
Connection = psycopg.Connection[Any]


@pytest.fixture
def signer(book) -> Signer:
    return Signer(f"city.example/log/{book}", sha256(book.encode()).digest())


def publish(conn: Connection, book: str, signer: Signer, **known: Any) -> str | None:
    """Do all that the clock does."""
    while seal(conn, book):
        pass
    while True:
        with conn.transaction():
            if not grow(conn, book):
                break
    with conn.transaction():
        return sign(conn, book, [signer], **known)


def proven(conn: Connection, book: str, id: UUID, *keys: Any, witnesses: int = 0) -> str:
    """Check an entry's receipt as somebody would who was handed the file."""
    handed = receipt(conn, book, id, witnesses=witnesses)
    assert handed is not None
    return check_receipt(read_json(json.dumps(handed._asdict()).encode()), keys, witnesses=witnesses).sentence


def assert_audited(url: str, book: str, *against: Checkpoint) -> None:
    with psycopg.connect(url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report = audit(auditor, [book], against=against)
        assert report.ok, report.findings


def test_every_entry_has_a_receipt_that_proves_it(alone, conn, book, signer):
    subject = uuid4()
    entries = [
        *(an_award(book, ALICE, 1, subject=subject, facts={"grams": 2**70}) for _ in range(3)),
        an_award(book, BOB, 2),
        a_hold(book, ALICE, 1, hold=uuid4(), subject=uuid4()),
    ]
    post_many(conn, entries)
    publish(conn, book, signer)

    for position, entry in enumerate(entries):
        assert f"position {position}" in proven(conn, book, entry.id, signer.log_key())
    shown = receipt(conn, book, entries[0].id)
    assert shown is not None
    assert shown.entry["facts"] == {"grams": 2**70}
    assert shown.entry["postings"][0]["amount"] == 1
    assert_audited(alone.auditor_url, book)


def test_a_receipt_takes_as_many_questions_however_large_the_log(conn, book, signer, statements):
    post_many(conn, entries := [an_award(book, ALICE, 1) for _ in range(700)])
    publish(conn, book, signer)
    statements.clear()
    receipt(conn, book, entries[300].id)

    assert len(statements) == 1


def test_what_a_proof_is_made_of_comes_with_its_entry(conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(700)])
    publish(conn, book, signer)
    edges = sorted({0, *(edge + by for edge in (16, 256, 512, 688, 699) for by in (-1, 0, 1))} - {700})
    asked = [(position, size + 1) for size in edges for position in edges if position <= size]

    rows = conn.execute(
        """
        select asked.position, asked.size, array_agg(b.level), array_agg(b.number)
          from unnest(%s::bigint[], %s::bigint[]) as asked (position, size)
         cross join lateral ledger.beside(%s, asked.position, asked.size) b
         group by asked.position, asked.size
        """,
        (*map(list, zip(*asked, strict=True)), book),
    ).fetchall()

    assert len(rows) == len(asked)
    for position, size, levels, numbers in rows:
        needed = tiles_for(inclusion(position, size), tall=SMALL) | {Tile(0, position // 16)}
        assert needed <= set(map(Tile, levels, numbers)), (position, size)


def test_a_stretch_of_the_log_is_read_without_the_rest_of_its_book(owner, conn, book):
    post_many(conn, [an_award(book, f"household/{number}/green", 1) for number in range(40)])
    seal(conn, book)
    owner.execute("analyze ledger.leaf, ledger.entry, ledger.posting, ledger.account")
    conn.execute("set enable_seqscan = off")

    ((plan,),) = conn.execute(
        f"explain (analyze, format json, timing off) {posted._SEALED}",
        {"book": book, "first": 10, "after": 20},
    ).fetchall()

    read = rows_read(plan[0]["Plan"])
    assert (read["leaf"], read["entry"], read["posting"], read["account"]) == (10, 10, 10, 20)


def test_a_log_grows_from_checkpoint_to_checkpoint(alone, conn, book, signer):
    notes = [publish(conn, book, signer)]
    for size in (1, 255, 1, 300, BATCH):
        post_many(conn, [an_award(book, ALICE, 1) for _ in range(size)])
        notes.append(publish(conn, book, signer))

    sizes = [open_checkpoint(one, [signer.log_key()]).checkpoint.size for one in notes if one]
    assert sizes == [0, 1, 256, 257, 557, 1557]
    assert publish(conn, book, signer) is None
    for size in sizes:
        joined = pair(conn, book, size)
        assert joined is not None
        assert f"first {size} entries" in check_pair(joined._asdict(), [signer.log_key()]).sentence
    assert pair(conn, book, 2) is None
    kept = notes[2]
    assert kept is not None
    assert_audited(alone.auditor_url, book, open_checkpoint(kept, [signer.log_key()]).checkpoint)


def test_there_is_no_tree_of_a_book_that_nobody_opened(conn, signer):
    with pytest.raises(UnknownBook), conn.transaction():
        grow(conn, "nobody")
    with pytest.raises(UnknownBook), conn.transaction():
        sign(conn, "nobody", [signer])


def test_what_no_checkpoint_covers_has_no_receipt_yet(conn, book, signer):
    entry = an_award(book, ALICE, 1)
    post(conn, entry)
    with pytest.raises(NotYetSealed):
        receipt(conn, book, entry.id)
    seal(conn, book)
    with conn.transaction():
        grow(conn, book)
    with pytest.raises(NotYetSealed):
        receipt(conn, book, entry.id)

    publish(conn, book, signer)
    assert receipt(conn, book, entry.id) is not None
    assert receipt(conn, book, uuid4()) is None


def test_only_what_was_signed_is_served(conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(257)])
    publish(conn, book, signer)
    post(conn, an_award(book, ALICE, 1))
    seal(conn, book)
    with conn.transaction():
        grow(conn, book)

    sizes = {"entries/000": 256 * 34, "0/000": 8192, "0/001.p/1": 32, "entries/001.p/1": 34, "1/000.p/1": 32}
    for name, size in sizes.items():
        assert len(served(conn, book, f"tile/{name}") or b"") == size
    for name in (
        *("0/001.p/2", "0/001", "0/002.p/1", "1/000.p/2", "2/000.p/1", "entries/001", "entries/001.p/2"),
        *(
            "0/000.p/256",
            "0/000.p/0",
            "0/000.p/01",
            "0/0",
            "0/x000/000",
            "0/x000",
            "8/000",
            "-1/000",
            "00/000",
        ),
        *("0/000/", "/000", "entries", "a/000", "0/x999/x999/x999/x999/x999/x999/999", "0/٠٠٠"),
    ):
        assert served(conn, book, f"tile/{name}") is None, name


def test_two_at_once_make_one_tree(alone, conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(20)])
    seal(conn, book)

    def one() -> int:
        with psycopg.connect(alone.app_url) as other:
            return grow(other, book)

    pool = ThreadPoolExecutor(1)
    with conn.transaction():
        first = grow(conn, book, at_most=5)
        second = pool.submit(one)
        assert wait_until_all_wait(alone.admin_url, 1) == 1
    assert (first, second.result()) == (5, 15)
    publish(conn, book, signer)
    assert_audited(alone.auditor_url, book)


def test_a_kill_half_way_has_done_nothing(alone, conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(300)])
    seal(conn, book)
    with closing(psycopg.connect(alone.app_url)) as killed:
        grow(killed, book)
        killed.execute("select 1")
        conn.execute("select 1")
    publish(conn, book, signer)

    newest = newest_checkpoint(conn, book)
    assert newest is not None
    assert newest.size == 300
    assert_audited(alone.auditor_url, book)


def test_witnesses_are_kept_and_handed_out(conn, book, signer):
    entry = an_award(book, ALICE, 1)
    post(conn, entry)
    publish(conn, book, signer)
    newest = newest_checkpoint(conn, book)
    assert newest is not None
    seen = Checkpoint(signer.name, newest.size, newest.root)
    for witness in (BUREAU, OFFICE, BUREAU):
        line = witness.cosign(seen, at=NOW)
        cosign(conn, book, newest.size, witness=witness.name, line=line, seen_at=NOW)
    keys = [signer.log_key(), BUREAU.witness_key(), OFFICE.witness_key()]
    post(conn, an_award(book, ALICE, 1))
    publish(conn, book, signer)

    assert proven(conn, book, entry.id, *keys, witnesses=2)
    now = newest_checkpoint(conn, book)
    assert now is not None
    assert (now.size, now.witnesses) == (2, [])
    before = checkpoint_at(conn, book, 1)
    assert before is not None
    assert sorted(open_checkpoint(before.note, keys).witnessed) == before.witnesses


def test_how_far_each_witness_has_signed_is_one_question(conn, book, signer, statements):
    def cosigned_by(*witnesses: Signer) -> None:
        post(conn, an_award(book, ALICE, 1))
        publish(conn, book, signer)
        newest = newest_checkpoint(conn, book)
        assert newest is not None
        for witness in witnesses:
            line = witness.cosign(newest.checkpoint, at=NOW)
            cosign(conn, book, newest.size, witness=witness.name, line=line, seen_at=NOW)

    names = [OFFICE.name, BUREAU.name, "never.example/witness"]
    assert witnessed(conn, book, names) == [(name, None, None, False) for name in names]
    cosigned_by(BUREAU, OFFICE)
    cosigned_by(BUREAU)
    statements.clear()
    found = witnessed(conn, book, names)

    assert found == [(names[0], 1, NOW, False), (names[1], 2, NOW, True), (names[2], None, None, False)]
    assert len(statements) == 1


def test_nothing_is_signed_below_what_was_published(conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(3)])
    remembered: list[str] = []
    publish(conn, book, signer, remember=remembered.append)
    known = open_checkpoint(remembered[0], [signer.log_key()]).checkpoint
    post(conn, an_award(book, ALICE, 1))

    for published in (
        Checkpoint(known.origin, 5, known.root),
        Checkpoint(known.origin, 3, bytes(32)),
        Checkpoint("another.example/log", 3, known.root),
    ):
        with pytest.raises(Unproven):
            publish(conn, book, signer, published=published)
    with pytest.raises(Unproven):
        publish(conn, book, Signer("another.example/log", signer.seed))
    assert publish(conn, book, signer, published=known)


def test_what_is_not_remembered_outside_is_not_published(conn, book, signer):
    def full(note: str) -> None:
        raise OSError("the disk is full")

    post(conn, an_award(book, ALICE, 1))
    with pytest.raises(OSError, match="full"):
        publish(conn, book, signer, remember=full)

    assert newest_checkpoint(conn, book) is None
    assert publish(conn, book, signer)


def test_an_erased_household_leaves_a_log_that_holds_and_nothing_to_link(alone, conn, book, signer):
    gone, stays = uuid4(), uuid4()
    theirs = an_award(book, ALICE, 1, subject=gone)
    others = an_award(book, BOB, 1, subject=stays)
    post_many(conn, [theirs, others])
    publish(conn, book, signer)
    before = receipt(conn, book, theirs.id)
    assert before is not None
    erasure = an_entry(book, kind="erasure", subject=gone)
    late, later = (an_award(book, ALICE, 1, subject=gone) for _ in range(2))
    post_many(conn, [erasure, late])
    publish(conn, book, signer)
    post(conn, later)
    publish(conn, book, signer)

    with pytest.raises(Unlinked):
        receipt(conn, book, theirs.id)
    for entry in (others, erasure, late, later):
        assert proven(conn, book, entry.id, signer.log_key())
    assert check_receipt(before._asdict(), [signer.log_key()])
    stored = conn.execute("select subject from ledger.salt where book = %s", (book,)).fetchall()
    assert (gone,) not in stored
    assert (stays,) in stored
    assert_audited(alone.auditor_url, book)


def test_a_leaf_cannot_be_guessed_by_who_knows_the_entry(conn, book, signer):
    entry = an_award(book, ALICE, 1, subject=uuid4())
    post(conn, entry)
    publish(conn, book, signer)
    shown = receipt(conn, book, entry.id)
    assert shown is not None

    for key in (b"", bytes(32), entry.id.bytes):
        salt = hmac.digest(key, entry.id.bytes, "sha256")
        assert salt.hex() not in shown.salt
    assert shown.entry["subject"] == str(entry.subject)


@pytest.fixture
def tamper(alone, conn, book, signer) -> Iterator[Connection]:
    """A superuser over a log that was published; nothing of what he does stays."""
    post_many(conn, [an_award(book, ALICE, 10 + n, subject=uuid4(), facts={"n": n}) for n in range(300)])
    publish(conn, book, signer)
    with psycopg.connect(alone.admin_url) as admin:
        admin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield admin
        admin.rollback()


def found(admin: Connection, book: str) -> dict[str, str]:
    return {finding.check: finding.sentence for finding in audit(admin, [book]).findings}


FIRST = "(select entry from ledger.leaf where book = %(book)s and position = 0)"
LAST = "(select entry from ledger.leaf where book = %(book)s and position = 299)"


@pytest.mark.parametrize(
    ("tampering", "check"),
    [
        ("update ledger.posting set amount = amount # 1 where book = %(book)s and entry = FIRST", "leaves"),
        ("update ledger.entry set facts = '{}' where book = %(book)s and id = FIRST", "leaves"),
        ("update ledger.entry set posted_at = 'epoch' where book = %(book)s and id = LAST", "leaves"),
        ("update ledger.entry set kind = 'b d' where book = %(book)s and id = LAST", "leaves"),
        ("delete from ledger.entry where book = %(book)s and id = LAST", "leaves"),
        ("delete from ledger.leaf where book = %(book)s and position = 299", "leaves"),
        ("update ledger.tile set hashes = CHANGED where book = %(book)s and level = 0", "leaves"),
        ("update ledger.tile set hashes = CHANGED where book = %(book)s and level = 1", "tiles"),
        ("update ledger.tile set halfway = HALFWAY where book = %(book)s and level = 0", "tiles"),
        ("update ledger.tile set number = 5 where book = %(book)s and level = 1", "tiles"),
        ("delete from ledger.tile where book = %(book)s and level = 1", "tiles"),
        ("delete from ledger.tile where book = %(book)s and level = 0 and number = 1", "checkpoints"),
        ("update ledger.log set grown = 299 where book = %(book)s", "checkpoints"),
        ("update ledger.checkpoint set root = sha256(root) where book = %(book)s", "checkpoints"),
        ("update ledger.checkpoint set note = 'x' where book = %(book)s", "checkpoints"),
        ("update ledger.salt set key = sha256(key) where book = %(book)s", "leaves"),
        ("delete from ledger.salt where book = %(book)s", "leaves"),
    ],
)
def test_whatever_a_superuser_changes_is_found(tamper, book, tampering, check):
    for table in ("entry", "posting", "leaf", "tile", "checkpoint", "salt"):
        tamper.execute(f"alter table ledger.{table} disable trigger user")
    said = tampering.replace("FIRST", FIRST).replace("LAST", LAST)
    for word, column in (("CHANGED", "hashes"), ("HALFWAY", "halfway")):
        said = said.replace(word, f"overlay({column} placing '\\x00ff00' from 3)")

    assert tamper.execute(said, {"book": book}).rowcount
    assert check in found(tamper, book)


def test_swapped_entries_are_found(tamper, book):
    tamper.execute("alter table ledger.leaf disable trigger user")
    swap = "update ledger.leaf set position = %s where book = %s and position = %s"
    for after, before in ((999, 7), (7, 8), (8, 999)):
        tamper.execute(swap, (after, book, before))

    assert "position 7" in found(tamper, book)["leaves"]


@pytest.mark.parametrize(
    "trigger",
    [
        "only_grows on ledger.tile",
        "never_forgotten on ledger.tile",
        "append_only on ledger.checkpoint",
        "append_only on ledger.cosignature",
        "never_changed on ledger.salt",
        "erased_only on ledger.salt",
    ],
)
def test_a_trigger_that_is_gone_is_found(tamper, book, trigger):
    tamper.execute(f"drop trigger {trigger}")

    assert trigger in found(tamper, book)["triggers"]


def test_an_older_database_is_found_by_a_checkpoint_that_was_kept_elsewhere(alone, conn, book, signer):
    post(conn, an_award(book, ALICE, 1))
    publish(conn, book, signer)
    later = Checkpoint(signer.name, 2, bytes(32))
    rewritten = Checkpoint(signer.name, 1, bytes(32))
    stranger = Checkpoint("another.example/log", 1, bytes(32))

    with psycopg.connect(alone.auditor_url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for one, sentence in (
            (later, "only 1 are here"),
            (rewritten, "not those that were signed"),
            (stranger, "no book has signed"),
        ):
            (finding,) = audit(auditor, [book], against=[one]).findings
            assert finding.check == "against"
            assert sentence in finding.sentence


def test_nobody_grows_a_tile_backwards(owner, conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1, subject=uuid4()) for _ in range(20)])
    publish(conn, book, signer)

    for rewriting in (
        "update ledger.tile set hashes = substr(hashes, 1, 32) where book = %s",
        "update ledger.tile set halfway = sha256(halfway) where book = %s",
        "update ledger.tile set number = 1 where book = %s",
        "delete from ledger.tile where book = %s",
        "delete from ledger.salt where book = %s",
        "update ledger.salt set key = key where book = %s",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner.execute(rewriting, (book,))


def test_no_smaller_checkpoint_is_kept(conn, book, signer):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(3)])
    publish(conn, book, signer)

    for size in (2, 3, 4):
        checkpoint = Checkpoint(signer.name, size, bytes(32))
        kept = conn.execute(
            "select ledger.sign(%s, %s, %s, %s)", (book, size, bytes(32), note(checkpoint, []))
        ).fetchone()
        assert kept == (False,)
