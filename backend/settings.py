"""What an installation may decide; read once from the environment."""

import base64
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_RATE = r"^[1-9][0-9]{0,8}/(second|minute|hour|day)$"


class Settings(BaseSettings):
    """The environment, checked at start. Variables with a name of their own carry no prefix."""

    model_config = SettingsConfigDict(
        env_prefix="LV_",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,  # it holds every secret of ours
    )

    environment: Literal["development", "test", "production"] = "production"
    database_url: str = Field(validation_alias="DATABASE_URL")
    database_owner_url: str | None = Field(None, validation_alias="DATABASE_OWNER_URL")
    database_auditor_url: str | None = Field(None, validation_alias="DATABASE_AUDITOR_URL")
    redis_url: str = Field(validation_alias="REDIS_URL")
    database_pool: int = Field(4, ge=1, le=50)
    master_key: SecretStr
    """32 bytes in base64; wraps every personal key and is kept outside the database."""
    master_keys_old: SecretStr = SecretStr("")
    """Master keys that may still wrap something, in base64 with commas between; see `keys rotate`."""
    root_key: SecretStr | None = None
    """What the blind index, vouchers and codes are derived from: wrapped by the master key, in base64."""
    fixed_code: SecretStr | None = None
    """The one-time code that always fits; for development only."""
    sms_transport: Literal["console", "gateway"] = "console"
    """How text messages leave: `console` writes them to the log, for development only."""
    sms_gateway_url: str | None = Field(None, pattern=r"^https://")
    """Where `gateway` posts `{"to", "text"}` as JSON; a repetition has the same `Idempotency-Key`."""
    sms_gateway_token: SecretStr | None = None
    """What the gateway knows us by."""
    webhooks_to_loopback: bool = False
    """Whether an operator's endpoint may be this machine, and http; for development only."""
    codes_an_hour: int = Field(5_000, ge=1)
    """How many one-time codes may leave in an hour; each costs money."""
    proof_points: int = Field(2_000, ge=0)
    """How many points a household may spend within a day before it is asked for a fresh one-time code."""
    limit_read: str = Field("600/minute", pattern=_RATE)
    """How often one caller may call one route that reads."""
    limit_write: str = Field("240/minute", pattern=_RATE)
    """How often one that writes."""
    limit_sign_in: str = Field("60/minute", pattern=_RATE)
    """How often one that takes a secret or a code."""
    limit_costly: str = Field("30/minute", pattern=_RATE)
    """How often one that shows something personal, searches for people, or draws."""
    body_bytes: int = 1 << 20
    """The largest request body that is read."""
    statement_seconds: int = Field(15, ge=1)
    """How long one statement may take before the request is answered with 503."""
    lock_seconds: int = Field(5, ge=1)
    """How long a statement may wait for another's lock."""
    cors_origins: str = Field("", pattern=r"^(https?://[^\s,/]+(,https?://[^\s,/]+)*)?$")
    """Whose pages a browser lets read our answers: origins with commas between; none unless said."""
    proxies: str = ""
    """Networks of proxies whose X-Request-Id and X-Forwarded-For are believed, with commas between."""
    log_host: str = Field("lvzhang.local", pattern=r"^[a-z0-9.-]+(:[0-9]+)?$")
    """Where `/log/…` is served: every log's name begins with it from its first checkpoint on, for ever."""
    log_memory: Path | None = None
    """A folder outside of the database for the last checkpoint of each log: what is older is never signed."""
    witnesses: str = ""
    """Who signs checkpoints too: a witness's key and its address each, with commas between."""
    metrics_token: SecretStr | None = Field(None, min_length=16)
    """What Prometheus brings to /metrics; without one there is no such address."""
    log_requests: bool = True
    """Whether each answer leaves a line in the log."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self._master_keys_fit():
            raise ValueError("LV_MASTER_KEY, and each of LV_MASTER_KEYS_OLD, must be 32 bytes in base64")
        if self.root_key is None and len(self.master_keys) > 1:
            raise ValueError(
                "LV_ROOT_KEY must be set before LV_MASTER_KEY is replaced; `keys root` prints it"
            )
        if self.environment == "production" and self.fixed_code is not None:
            raise ValueError("LV_FIXED_CODE is for development; production refuses to start with it")
        if self.environment == "production" and self.sms_transport == "console":
            raise ValueError(
                "LV_SMS_TRANSPORT=console writes codes to the log; production refuses to start with it"
            )
        if self.environment == "production" and self.webhooks_to_loopback:
            raise ValueError(
                "LV_WEBHOOKS_TO_LOOPBACK is for development; production refuses to start with it"
            )
        if self.sms_transport == "gateway" and not (self.sms_gateway_url and self.sms_gateway_token):
            raise ValueError("LV_SMS_TRANSPORT=gateway needs LV_SMS_GATEWAY_URL and LV_SMS_GATEWAY_TOKEN")
        return self

    def _master_keys_fit(self) -> bool:
        try:
            return all(len(key) == 32 for key in self.master_keys)
        except ValueError:
            return False

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, written: str) -> str:
        for network in filter(None, written.split(",")):
            ip_network(network)
        return written

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """The origins of `cors_origins`."""
        return tuple(filter(None, self.cors_origins.split(",")))

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """The networks of `proxies`."""
        return tuple(filter(None, self.proxies.split(",")))

    @property
    def master_key_bytes(self) -> bytes:
        """The master key itself."""
        return self.master_keys[0]

    @property
    def master_keys(self) -> tuple[bytes, ...]:
        """Every master key that may wrap something, the current one first."""
        old = self.master_keys_old.get_secret_value()
        written = (self.master_key.get_secret_value(), *filter(None, old.split(",")))
        return tuple(base64.b64decode(key, validate=True) for key in written)


@lru_cache
def settings() -> Settings:
    """Read the environment once."""
    return Settings()
