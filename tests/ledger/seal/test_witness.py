"""A witness signs what has only grown, and says the rest in the numbers that the protocol has for it."""

from datetime import UTC, datetime

import pytest

from ledger.seal import tree
from ledger.seal.note import note
from ledger.seal.witness import LONGEST_PATH, answer, read_cosignature, read_request, request
from ledger.verify import MOST_SIGNATURES, Checkpoint, Unproven, open_checkpoint
from tests.ledger.seal.makers import BUREAU, LOG, OFFICE, ORIGIN, a_log

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
GROWN = a_log(300)


def asked_for(old, *, note=None):
    asked = request(old, GROWN.hashes(tree.consistency(old, GROWN.size)), note or GROWN.note())
    assert read_request(asked.spelled()) == asked
    return asked


def judged(asked, seen=None):
    return answer(asked, keys=[LOG.log_key()], seen=seen, by=BUREAU, at=NOW)


@pytest.mark.parametrize("old", [0, 1, 256, 300])
def test_it_signs_what_has_only_grown(old):
    said = judged(asked_for(old), GROWN.checkpoint(old) if old else None)

    line, seen_at = read_cosignature(said.body, GROWN.checkpoint(), BUREAU.witness_key())
    opened = open_checkpoint(GROWN.note(None, line), [LOG.log_key(), BUREAU.witness_key()], witnesses=1)
    assert (said.status, said.kept) == (200, GROWN.note(None, line))
    assert opened.witnessed == {BUREAU.name: NOW} == {BUREAU.name: seen_at}


def test_of_the_signatures_it_keeps_those_that_it_has_checked():
    mine, theirs = LOG.sign(GROWN.checkpoint()), OFFICE.sign(GROWN.checkpoint())
    said = judged(asked_for(0, note=GROWN.note(None, theirs, *[mine] * (MOST_SIGNATURES - 2))))

    assert said.kept == GROWN.note(None, said.body)


def test_it_says_which_size_it_has_seen():
    said = judged(asked_for(100), GROWN.checkpoint(200))

    assert (said.status, said.body, said.kind) == (409, "200\n", "text/x.tlog.size")
    assert said.kept is None


def test_it_signs_for_nobody_else():
    stranger = note(GROWN.checkpoint(), [OFFICE.sign(GROWN.checkpoint())])
    forged = GROWN.note().replace("\n300\n", "\n299\n")

    assert judged(asked_for(0, note=stranger)).status == 403
    assert judged(asked_for(0, note=forged)).status == 403


def test_it_signs_nothing_that_shrank_or_was_rewritten():
    other = Checkpoint(ORIGIN, 200, bytes(32))

    assert judged(asked_for(200), other).status == 422
    assert judged(asked_for(200)._replace(path=[]), GROWN.checkpoint(200)).status == 422
    assert judged(asked_for(300), Checkpoint(ORIGIN, 300, bytes(32))).status == 422
    assert judged(request(300, [], GROWN.note(200)), GROWN.checkpoint()).status == 400
    assert judged(request(0, [bytes(32)], GROWN.note())).status == 422


def test_an_empty_log_has_one_root():
    empty = Checkpoint(ORIGIN, 0, bytes(32))

    assert judged(request(0, [], note(empty, [LOG.sign(empty)]))).status == 422
    assert judged(request(0, [], GROWN.note(0))).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"old 1\n",
        b"old 01\n\n" + GROWN.note().encode(),
        b"old -1\n\n" + GROWN.note().encode(),
        b"old 1\nAAAA\n\n" + GROWN.note().encode(),
        b"old 1\nAA\xc3\xa9\n\n" + GROWN.note().encode(),
        b"old 1\n" + b"AAAA\n" * (LONGEST_PATH + 1) + b"\n" + GROWN.note().encode(),
        b"old 1\n\nno checkpoint\n\n" + LOG.sign(GROWN.checkpoint()).encode(),
    ],
)
def test_what_is_no_request_is_none(body):
    with pytest.raises(Unproven):
        read_request(body)


def test_only_the_line_that_was_asked_for_is_taken():
    mine, theirs = (who.cosign(GROWN.checkpoint(), at=NOW) for who in (BUREAU, OFFICE))
    lie = BUREAU.cosign(GROWN.checkpoint(299), at=NOW)

    assert read_cosignature(theirs + mine, GROWN.checkpoint(), BUREAU.witness_key()) == (mine, NOW)
    for lines in (theirs, lie, lie + mine, "", "— a b c\n"):
        with pytest.raises(Unproven):
            read_cosignature(lines, GROWN.checkpoint(), BUREAU.witness_key())
