"""Production refuses to start with what is not safe (ASVS 5.0, 12.3.1, 13.2.2, 13.2.3 and 13.4.2)."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from backend.kit import envelope
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.starting import mark_demo
from backend.local.places import ROOT
from backend.local.roles import Database
from backend.settings import settings
from tests.conftest import YUHANG

MASTER = base64.b64encode(secrets.token_bytes(32)).decode()
OTHER = base64.b64encode(secrets.token_bytes(32)).decode()
WEB = "from backend.app import create_app; create_app(); print('up')"
PROCESSES = {
    "web": ["-c", WEB],
    "worker": ["-m", "backend.worker"],
    "clock": ["-m", "backend.cli", "clock"],
    "release": ["-m", "backend.cli", "release"],
}


@pytest.fixture
def production(emptied: Database, valkey: str) -> Iterator[dict[str, str]]:
    """The environment of a safe installation."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV_MASTER_KEY", MASTER)
        settings.cache_clear()
        root = envelope.root_key()
    settings.cache_clear()
    yield {
        "PATH": os.environ["PATH"],
        "LV_ENVIRONMENT": "production",
        "DATABASE_URL": emptied.app_url,
        "DATABASE_OWNER_URL": emptied.owner_url,
        "REDIS_URL": valkey,
        "LV_MASTER_KEY": MASTER,
        "LV_ROOT_KEY": root,
        "LV_LOG_MEMORY": "/var/lib/lvzhang/memory",
        "LV_SMS_TRANSPORT": "gateway",
        "LV_SMS_GATEWAY_URL": "https://gateway.example/send",
        "LV_SMS_GATEWAY_TOKEN": "token",
    }
    with psycopg.connect(emptied.owner_url) as owner:
        owner.execute("truncate demo_district")


def start(process: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *PROCESSES[process]],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def refusal(process: str, environment: dict[str, str]) -> str:
    """Start a process that must not start; return the one sentence that it leaves."""
    ended = start(process, environment)
    assert ended.returncode == 1, ended.stdout
    assert ended.stdout == ""
    (sentence,) = ended.stderr.strip().splitlines()
    assert sentence.startswith("Lvzhang does not start. ")
    assert environment.get("LV_MASTER_KEY") not in sentence.split()
    return sentence


def test_a_safe_installation_starts(production: dict[str, str]):
    assert start("web", production).stdout == "up\n"


SAMPLE = "dGVzdHMgaGF2ZSBub3RoaW5nIHdvcnRoIHNlYWxpbmc="


@pytest.mark.long
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"LV_FIXED_CODE": "246810"}, "LV_FIXED_CODE is for development"),
        ({"LV_SMS_TRANSPORT": "console"}, "writes codes to the log"),
        ({"LV_MASTER_KEY": SAMPLE}, "LV_MASTER_KEY is a sample"),
        ({"LV_MASTER_KEY": base64.b64encode(bytes(32)).decode()}, "LV_MASTER_KEY is a sample"),
        ({"LV_MASTER_KEY": base64.b64encode(bytes(range(8)) * 4).decode()}, "LV_MASTER_KEY is a sample"),
        ({"LV_MASTER_KEYS_OLD": SAMPLE}, "LV_MASTER_KEY is a sample"),
        ({"LV_MASTER_KEY": None}, "master_key"),
        ({"LV_MASTER_KEY": OTHER}, "LV_ROOT_KEY is not wrapped by LV_MASTER_KEY"),
        ({"LV_ROOT_KEY": OTHER}, "LV_ROOT_KEY is not wrapped by LV_MASTER_KEY"),
        ({"LV_ROOT_KEY": "x"}, "LV_ROOT_KEY is not wrapped by LV_MASTER_KEY"),
        ({"LV_ROOT_KEY": None}, "LV_ROOT_KEY is missing"),
        ({"LV_LOG_MEMORY": None}, "LV_LOG_MEMORY is missing"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is set"),
        ({"PYTHONDEVMODE": "1"}, "PYTHONDEVMODE is set"),
        ({"DATABASE_URL": "postgresql://a@db.example/lv"}, "DATABASE_URL goes to another machine"),
        ({"DATABASE_URL": "postgresql://a@10.0.0.9/lv?sslmode=prefer"}, "DATABASE_URL goes to another"),
        ({"DATABASE_URL": "postgresql:///lv?host=db.example"}, "DATABASE_URL goes to another machine"),
        ({"REDIS_URL": "redis://queue.example"}, "REDIS_URL goes to another machine"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
    ],
)
def test_production_refuses(production: dict[str, str], variables: dict[str, str | None], words: str):
    changed = {name: value for name, value in (production | variables).items() if value is not None}

    assert words in refusal("clock", changed)


def test_production_refuses_a_superuser(production: dict[str, str], emptied: Database):
    assert "above row security" in refusal("clock", production | {"DATABASE_URL": emptied.admin_url})


def test_production_refuses_the_owner(production: dict[str, str], emptied: Database):
    assert "owner of the tables" in refusal("clock", production | {"DATABASE_URL": emptied.owner_url})


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_serves_demo_people(production: dict[str, str], emptied: Database, process: str):
    with transaction() as db:
        mark_demo(db, YUHANG, at=utc_now())

    assert "holds the demo people of 330110" in refusal(process, production)


def test_lines_that_leave_the_machine_may_be_encrypted(production: dict[str, str]):
    away = {
        "DATABASE_URL": "postgresql://a@127.0.0.1:1/lv?sslmode=verify-full&connect_timeout=1",
        "REDIS_URL": "rediss://queue.example",
    }

    assert start("web", production | away).stdout == "up\n"
