"""What an installation may not decide."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from backend import worker
from backend.app import create_app
from backend.kit.db import refuse_superuser
from backend.local.places import ROOT
from backend.local.roles import Database
from backend.settings import Settings, settings

KEY = "dGVzdHMgaGF2ZSBub3RoaW5nIHdvcnRoIHNlYWxpbmc="
SAFE = {
    "LV_ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1",
    "LV_MASTER_KEY": KEY,
    "LV_SMS_TRANSPORT": "gateway",
    "LV_SMS_GATEWAY_URL": "https://gateway.example/send",
    "LV_SMS_GATEWAY_TOKEN": "token",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("LV_FIXED_CODE", raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_safe_installation_starts(environment: pytest.MonkeyPatch):
    assert Settings().environment == "production"


def test_who_says_nothing_is_in_production(environment: pytest.MonkeyPatch):
    environment.delenv("LV_ENVIRONMENT")

    assert Settings().environment == "production"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("LV_FIXED_CODE", "246810", "LV_FIXED_CODE is for development"),
        ("LV_SMS_TRANSPORT", "console", "writes codes to the log"),
        ("LV_SMS_GATEWAY_URL", "http://gateway.example/send", "sms_gateway_url"),
        ("LV_SMS_GATEWAY_TOKEN", None, "needs LV_SMS_GATEWAY_URL and LV_SMS_GATEWAY_TOKEN"),
        ("LV_MASTER_KEY", None, "master_key"),
        ("LV_MASTER_KEY", "", "32 bytes in base64"),
        ("LV_MASTER_KEY", "c2hvcnQ=", "32 bytes in base64"),
        ("LV_MASTER_KEY", "not base64", "32 bytes in base64"),
        ("LV_MASTER_KEY", KEY.replace("=", "\n!="), "32 bytes in base64"),
        ("DATABASE_URL", None, "DATABASE_URL"),
        ("REDIS_URL", None, "REDIS_URL"),
        ("LV_ENVIRONMENT", "staging", "environment"),
    ],
)
def test_production_refuses_what_is_not_safe(
    environment: pytest.MonkeyPatch, name: str, value: str | None, complaint: str
):
    if value is None:
        environment.delenv(name)
    else:
        environment.setenv(name, value)

    with pytest.raises(ValidationError, match=complaint) as refused:
        Settings()
    assert KEY not in str(refused.value)
    assert "not base64" not in str(refused.value)


def test_a_secret_does_not_show(environment: pytest.MonkeyPatch):
    shown = repr(Settings())

    assert KEY not in shown
    assert "token" not in shown.replace("sms_gateway_token", "")


@pytest.fixture
def as_superuser(emptied: Database, environment: pytest.MonkeyPatch):
    environment.setenv("DATABASE_URL", emptied.admin_url)
    settings.cache_clear()
    yield
    environment.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("as_superuser")
@pytest.mark.parametrize("start", [create_app, worker.main], ids=["web", "worker"])
def test_production_refuses_to_serve_above_row_security(start):
    with pytest.raises(RuntimeError, match="above row security"):
        start()


def test_production_serves_as_the_role_of_the_platform(emptied: Database, environment: pytest.MonkeyPatch):
    environment.setenv("DATABASE_URL", emptied.app_url)
    settings.cache_clear()

    refuse_superuser()


def test_the_processes_say_why_they_do_not_start():
    start = "from backend.app import create_app; create_app()"
    variables = {**SAFE, "LV_FIXED_CODE": "246810"}
    ended = subprocess.run(
        [sys.executable, "-c", start], env=variables, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0
    assert "production refuses to start with it" in ended.stderr
    assert KEY not in ended.stderr
