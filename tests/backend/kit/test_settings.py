"""What an installation may not decide."""

import pytest
from pydantic import ValidationError

from backend.settings import Settings

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
        ("LV_WEBHOOKS_TO_LOOPBACK", "yes", "LV_WEBHOOKS_TO_LOOPBACK is for development"),
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
        ("LV_LIMIT_WRITE", "0/minute", "limit_write"),
        ("LV_LIMIT_READ", "unlimited", "limit_read"),
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
    assert "'token'" not in shown
