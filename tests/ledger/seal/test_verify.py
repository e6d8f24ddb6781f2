"""What is proven is found proven, whatever was changed is found, by one file that needs nothing of ours."""

import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import verify
from ledger.verify import Key, Unproven, check_pair, check_receipt, check_tiles, open_checkpoint, read_json
from tests.ledger.seal.makers import BUREAU, LOG, OFFICE, a_fact, a_log
from tests.ledger.seal.vectors import Vector, alone, vectors

SEEN = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEYS = [LOG.log_key(), BUREAU.witness_key(), OFFICE.witness_key()]
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
GROWN = a_log(300)
SEALED = GROWN.checkpoint()
WITNESSED = [BUREAU.cosign(SEALED, at=SEEN), OFFICE.cosign(SEALED, at=SEEN)]


def test_the_example_of_the_specification():
    key = Key.read(EXAMPLE_KEY)
    text, ((name, key_id, signature),) = verify.read_note(EXAMPLE_NOTE)

    assert (name, key_id.hex(), str(key)) == ("example.com/foo", "530d903a", EXAMPLE_KEY)
    key.check(text.encode(), signature)
    with pytest.raises(Unproven):
        key.check(text.encode() + b" ", signature)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "example.com/foo",
        EXAMPLE_KEY.replace("530d903a", "530d903b"),
        EXAMPLE_KEY.replace("example", "exemple"),
        EXAMPLE_KEY[:-1],
        "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_what_is_no_key_is_none(wrong):
    with pytest.raises(Unproven):
        Key.read(wrong)


@pytest.mark.parametrize("index", [0, 1, 255, 256, 299])
def test_a_receipt_is_proven(index):
    opened, sentence, entry = check_receipt(GROWN.receipt(index, *WITNESSED), KEYS, witnesses=2)

    assert opened.checkpoint == SEALED
    assert opened.witnessed == {BUREAU.name: SEEN, OFFICE.name: SEEN}
    assert f"position {index}" in sentence
    assert entry == a_fact(index)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to every text and number in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for name, item in inside for place in places(item, (*way, name))]
    return found or [way]


@given(st.data())
def test_whatever_is_changed_in_a_receipt_is_found(data):
    document = GROWN.receipt(data.draw(st.integers(0, GROWN.size - 1)))
    *way, last = data.draw(st.sampled_from(places(document)))
    holder = document
    for name in way:
        holder = holder[name]
    if isinstance(holder[last], int):
        holder[last] += data.draw(st.sampled_from([1, -1, 2**64]))
    else:
        holder[last] = a_change_of(holder[last], data)

    with pytest.raises(Unproven):
        check_receipt(read_json(json.dumps(document).encode()), KEYS)


def a_change_of(text: str, data: st.DataObject) -> str:
    """Change one character, leave one out, or double one."""
    at = data.draw(st.integers(0, len(text) - 1))
    instead = data.draw(st.sampled_from(["", text[at] * 2, *(one for one in "aB0=\n —é" if one != text[at])]))
    changed = text[:at] + instead + text[at + 1 :]
    return changed if changed != text else text + "x"


def test_what_was_added_to_an_entry_or_left_out_is_found():
    receipt = GROWN.receipt(7)
    more = receipt | {"entry": receipt["entry"] | {"subject": "somebody"}}
    less = receipt | {"entry": {"id": receipt["entry"]["id"]}}
    another = receipt | {"proof": GROWN.proof(8)}

    for changed in (more, less, another, {}, {"entry": 1, "salt": "", "proof": ""}):
        with pytest.raises(Unproven):
            check_receipt(changed, KEYS)


def test_whoever_is_not_trusted_proves_nothing():
    receipt = GROWN.receipt(7, *WITNESSED)
    namesake = Key(LOG.name, verify.LOG, OFFICE.log_key().public)

    with pytest.raises(Unproven, match="no key"):
        check_receipt(receipt, [namesake, BUREAU.witness_key()])
    with pytest.raises(Unproven, match="2 known witnesses"):
        check_receipt(receipt, KEYS, witnesses=3)
    with pytest.raises(Unproven, match="0 known witnesses"):
        check_receipt(receipt, KEYS[:1], witnesses=1)


def test_one_false_signature_of_a_known_key_spoils_a_checkpoint():
    other = BUREAU.cosign(GROWN.checkpoint(299), at=SEEN)

    with pytest.raises(Unproven, match="bureau"):
        open_checkpoint(GROWN.note(None, other), KEYS)
    assert open_checkpoint(GROWN.note(None, other), KEYS[:1]).witnessed == {}


def test_a_witness_cannot_sign_for_the_log():
    alone = verify.read_note(GROWN.note())[0] + "\n" + WITNESSED[0]

    with pytest.raises(Unproven, match="no key"):
        open_checkpoint(alone, KEYS)


@pytest.mark.parametrize("old", [0, 1, 255, 256, 299, 300])
def test_a_pair_is_proven(old):
    assert f"first {old} entries" in check_pair(GROWN.pair(old), KEYS).sentence


def test_a_log_that_was_rewritten_or_cut_is_found():
    rewritten = a_log(300)
    rewritten.leaves[5] = b"another"
    forged = type(rewritten)()
    forged.add(*rewritten.leaves)
    pair = GROWN.pair(200)

    with pytest.raises(Unproven, match="rewritten"):
        check_pair(pair | {"new": forged.note()}, KEYS)
    with pytest.raises(Unproven, match="rewritten"):
        check_pair(forged.pair(200) | {"old": GROWN.note(200)}, KEYS)
    with pytest.raises(Unproven, match="two faces"):
        check_pair({"old": GROWN.note(), "new": forged.note(), "path": []}, KEYS)
    with pytest.raises(Unproven, match="shrunk"):
        check_pair({"old": pair["new"], "new": pair["old"], "path": pair["path"]}, KEYS)
    for path in (pair["path"][1:], [*pair["path"], pair["path"][0]], [1], None):
        with pytest.raises(Unproven):
            check_pair(pair | {"path": path}, KEYS)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_a_folder_of_tiles_is_counted_again(tmp_path, size):
    a_log(size).write(tmp_path)

    assert f"All {size} leaves" in check_tiles(tmp_path, KEYS).sentence


@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001"]
)
def test_a_changed_or_missing_tile_is_found(tmp_path, name):
    a_log(700).write(tmp_path)
    content = (tmp_path / name).read_bytes()

    for changed in (content[:-1], content[:-40] + bytes([content[-40] ^ 1]) + content[-39:], content + b"\0"):
        (tmp_path / name).write_bytes(changed)
        with pytest.raises(Unproven):
            check_tiles(tmp_path, KEYS)
    (tmp_path / name).unlink()
    with pytest.raises(Unproven, match="missing"):
        check_tiles(tmp_path, KEYS)


def test_tiles_are_named_as_the_specification_does():
    assert verify.tile_path(0, 0) == "tile/0/000"
    assert verify.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert verify.tile_path("entries", 1000, 5) == "tile/entries/x001/000.p/5"


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1.5}', '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 100_000])
def test_what_reads_in_two_ways_is_not_read(text):
    with pytest.raises(Unproven):
        read_json(text.encode())


@pytest.mark.parametrize("vector", [*vectors()], ids=lambda vector: vector.name)
def test_what_is_nearly_right_is_told_apart(tmp_path, capsys, vector: Vector):
    file, keys = tmp_path / "file", tmp_path / "keys"
    file.write_bytes(vector.file)
    keys.write_text(vector.keys, "utf-8")

    assert verify.main([str(file), "--key", str(keys)]) == int(not vector.proves)
    assert capsys.readouterr().out.startswith("PROVEN" if vector.proves else "NOT PROVEN")


def test_what_is_shown_as_proven_was_proven(tmp_path, capsys):
    file = tmp_path / "pair.json"
    file.write_text(json.dumps(GROWN.pair(200) | {"entry": {"points": 1_000_000}}))

    assert verify.main([str(file), "--key", str(KEYS[0])]) == 0
    assert "1000000" not in capsys.readouterr().out


def run_alone(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the file as who has nothing but it and `cryptography` would."""
    shutil.copy(verify.__file__, folder / "handed_out.py")
    blocked = "import sys; sys.modules |= dict.fromkeys(['ledger', 'pydantic', 'psycopg']); "
    start = "import runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-c", blocked + start, str(folder / "handed_out.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_file_alone_says_what_is_proven(tmp_path):
    receipt, keys = tmp_path / "receipt.json", tmp_path / "keys"
    receipt.write_text(json.dumps(GROWN.receipt(7, *WITNESSED)))
    keys.write_text(f"{KEYS[1]}\n{KEYS[2]}\n")
    said = run_alone(tmp_path, str(receipt), "--key", str(KEYS[0]), "--key", str(keys), "--witnesses", "2")

    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("PROVEN. This entry stands at position 7")
    assert "bureau.example/witness" in said.stdout
    assert '"kind": "test"' in said.stdout


def test_the_file_alone_says_what_is_not(tmp_path):
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(GROWN.receipt(7)).replace('"test"', '"tost"'))
    changed = run_alone(tmp_path, str(receipt), "--key", str(KEYS[0]))
    absent = run_alone(tmp_path, str(tmp_path / "none"), "--key", str(KEYS[0]))
    keyless = run_alone(tmp_path, str(receipt))

    wrong = run_alone(tmp_path, str(receipt), "--key", f"{KEYS[0]}x")
    nowhere = run_alone(tmp_path, str(receipt), "--key", str(tmp_path / "none"))

    assert (changed.returncode, absent.returncode, keyless.returncode) == (1, 2, 2)
    assert (wrong.returncode, nowhere.returncode) == (2, 2)
    assert "No key to check it with" in wrong.stderr
    assert "No key to check it with" in nowhere.stderr
    assert changed.stdout.startswith("NOT PROVEN: the entry does not lead to the root")


def test_keys_are_given_as_lines_too(tmp_path, capsys):
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(GROWN.receipt(7, *WITNESSED)))

    assert verify.main([str(receipt), "--key", "\n".join(map(str, KEYS)), "--witnesses", "2"]) == 0
    assert "audit.example/witness has seen" in capsys.readouterr().out


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "纸"), ("ascii", r"\u7eb8")])
def test_what_a_screen_cannot_show_or_would_obey_is_spelled_out(tmp_path, monkeypatch, encoding, shown):
    receipt, screen = tmp_path / "receipt.json", io.BytesIO()
    receipt.write_text(json.dumps(alone("纸\x9b2J\u202e")))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding))

    assert verify.main([str(receipt), "--key", str(KEYS[0])]) == 0
    sys.stdout.flush()
    assert rf'"{shown}\x9b2J\u202e"' in screen.getvalue().decode(encoding)


def test_pairs_and_folders_are_told_apart_by_hand_too(tmp_path, capsys):
    pair = tmp_path / "pair.json"
    pair.write_text(json.dumps(GROWN.pair(255)))
    (tmp_path / "log").mkdir()
    GROWN.write(tmp_path / "log")

    assert verify.main([str(pair), "--key", str(KEYS[0])]) == 0
    assert verify.main([str(tmp_path / "log"), "--key", str(KEYS[0])]) == 0
    assert "first 255 entries" in capsys.readouterr().out
