"""A master key is replaced while people sign in (ASVS 5.0, 11.1.1 and 11.2.2)."""

import base64
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import cli
from backend.identity.models import Household, Person
from backend.kit import envelope, rotation
from backend.kit.db import transaction
from backend.settings import settings
from tests.makers import FIXED_CODE, YUHANG, a_household, a_resident

PEOPLE = 30
AT_ONCE = 4


def number(one: int) -> str:
    return f"161{one:08d}"


@pytest.fixture
def peopled(app: Flask) -> Iterator[Flask]:
    """A city of people whose keys the first master key wraps."""
    with transaction(districts=[YUHANG]) as db:
        for one in range(PEOPLE):
            a_resident(db, a_household(db), phone=f"+86{number(one)}")
    yield app
    forget()


def forget() -> None:
    """Read the settings anew, and forget every key that was opened."""
    settings.cache_clear()
    envelope._unwrap.cache_clear()


def replace_master(patch: pytest.MonkeyPatch) -> None:
    """Set a new master key beside the one in use, as an operator does."""
    old = settings().master_key.get_secret_value()
    patch.setenv("LV_ROOT_KEY", envelope.root_key())
    patch.setenv("LV_MASTER_KEYS_OLD", old)
    patch.setenv("LV_MASTER_KEY", base64.b64encode(secrets.token_bytes(32)).decode())
    forget()


def drop_old(patch: pytest.MonkeyPatch) -> None:
    """Do without the old master key, as an operator does once nothing hangs on it."""
    patch.setenv("LV_ROOT_KEY", envelope.root_key())
    patch.setenv("LV_MASTER_KEYS_OLD", "")
    forget()


def phones(db: Session) -> set[str | None]:
    return {person.phone() for person in db.scalars(select(Person).where(Person.phone_index.is_not(None)))}


def test_people_sign_in_while_every_key_is_wrapped_anew(peopled: Flask, monkeypatch: pytest.MonkeyPatch):
    replace_master(monkeypatch)

    def sign_in(one: int) -> int:
        who = {"phone": number(one % PEOPLE), "request_id": "any", "code": FIXED_CODE}
        return peopled.test_client().post("/v1/sign-in/resident", json=who).status_code

    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(sign_in, one) for one in range(2 * PEOPLE)]
        batches = list(rotation.rotate([YUHANG], at_once=AT_ONCE))

    assert {answer.result() for answer in answers} == {201}
    assert set(rotation.left([YUHANG]).values()) == {0}
    assert {batch.table for batch in batches} == {"person", "household"}
    assert max(batch.keys for batch in batches) <= AT_ONCE
    drop_old(monkeypatch)
    with transaction(districts=[YUHANG]) as db:
        assert phones(db) == {f"+86{number(one)}" for one in range(PEOPLE)}
        assert all(home.address() for home in db.scalars(select(Household)))
    assert sign_in(0) == 201


def test_a_run_that_was_cut_off_goes_on_where_it_stood(peopled: Flask, monkeypatch: pytest.MonkeyPatch):
    replace_master(monkeypatch)
    cut_off = rotation.rotate([YUHANG], at_once=AT_ONCE)
    first = [next(cut_off) for _ in range(3)]
    cut_off.close()

    rest = list(rotation.rotate([YUHANG], at_once=AT_ONCE))

    assert sum(batch.keys for batch in (*first, *rest)) == 2 * PEOPLE
    assert list(rotation.rotate([YUHANG])) == []


def test_a_row_that_somebody_works_on_is_waited_for_by_nobody(
    peopled: Flask, monkeypatch: pytest.MonkeyPatch
):
    replace_master(monkeypatch)
    batches = rotation.rotate([YUHANG], at_once=PEOPLE)
    with transaction() as busy:
        busy.scalars(select(Person).order_by(Person.id).limit(1).with_for_update()).one()
        before = [next(batches)]  # the household keys, or those persons that nobody holds
        while before[-1].table != "person":
            before.append(next(batches))

    assert before[-1].keys == PEOPLE - 1
    assert [batch.keys for batch in batches if batch.table == "person"] == [1]


def test_the_index_survives_a_new_master_key(monkeypatch: pytest.MonkeyPatch, db: Session):
    before = envelope.blind_index("+8616100000001"), envelope.six_digits("confirmation", "a")
    replace_master(monkeypatch)
    during = envelope.blind_index("+8616100000001"), envelope.six_digits("confirmation", "a")
    drop_old(monkeypatch)
    after = envelope.blind_index("+8616100000001"), envelope.six_digits("confirmation", "a")
    forget()

    assert before == during == after


def test_a_key_that_no_master_key_of_ours_wraps_stays_shut(monkeypatch: pytest.MonkeyPatch, db: Session):
    wrapped = envelope.new_key()
    replace_master(monkeypatch)
    drop_old(monkeypatch)

    with pytest.raises(envelope.MasterKeyMissing):
        envelope.seal(wrapped, "secret", place="here")
    forget()


def test_a_key_of_the_first_version_still_opens(db: Session):
    master = settings().master_key_bytes
    key = bytes(range(32))
    first_version = b"\x01" + envelope._encrypt(envelope._derived(master, "wrap"), key, "key")

    sealed = envelope.seal(first_version, "secret", place="here")

    assert envelope.unseal(envelope.rewrap(first_version), sealed, place="here") == "secret"


def test_the_command_tells_how_far_it_is(peopled: Flask, monkeypatch: pytest.MonkeyPatch):
    replace_master(monkeypatch)

    said = CliRunner().invoke(cli.cli, ["keys", "rotate", "--at-once", "25"])

    assert said.exit_code == 0, said.output
    assert "person: 25 (" in said.output
    assert "60 wrapped anew" in said.output
    assert "keys root" in said.output
    assert CliRunner().invoke(cli.cli, ["keys", "root"]).output.startswith("LV_ROOT_KEY=")
