"""The tables of webhooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.kit.envelope import seal, unseal
from backend.webhooks.rules import Cause, Endpoint, State, Way

_STATES = ", ".join(f"'{state}'" for state in State)
_CAUSES = ", ".join(f"'{cause}'" for cause in Cause)
_WAYS = ", ".join(f"'{way}'" for way in Way)


class WebhookEndpoint(InDistrict, Base):
    """Where an operator wants to hear of what. An ended one has no secret, and stays for its deliveries."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint(f"paused_because in ({_CAUSES})", name="paused_because"),
        CheckConstraint(
            "(state = 'paused') = (paused_at is not null) and (paused_at is null) = (paused_because is null)",
            name="a_pause_has_a_cause",
        ),
        CheckConstraint(
            "(state = 'ended') = (vault_key is null) and (vault_key is null) = (secret_sealed is null)",
            name="an_ended_one_has_no_secret",
        ),
        CheckConstraint("(old_secret_sealed is null) = (old_secret_until is null)", name="overlap"),
        Index("ix_webhook_endpoint_operator", "district", "operator"),
    )

    operator: Mapped[UUID] = mapped_column(ForeignKey("operator.id"))
    url: Mapped[str]
    description: Mapped[str]
    event_types: Mapped[list[Any]] = mapped_column(JSONB)
    state: Mapped[str]
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    vault_key: Mapped[bytes | None]
    secret_sealed: Mapped[bytes | None]
    old_secret_sealed: Mapped[bytes | None]
    old_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def _place(self) -> str:
        return f"webhook_endpoint.secret/{self.id}"

    def renew_secret(self, secret: str) -> None:
        """Seal a new secret."""
        assert self.vault_key is not None
        self.secret_sealed = seal(self.vault_key, secret, place=self._place)

    def secrets(self, at: datetime) -> list[str]:
        """Open the secrets that sign now, the newest first."""
        assert self.vault_key is not None
        sealed = [self.secret_sealed]
        if self.old_secret_until is not None and at < self.old_secret_until:
            sealed.append(self.old_secret_sealed)
        return [unseal(self.vault_key, one, place=self._place) for one in sealed if one is not None]

    def pause(self, cause: Cause, *, at: datetime) -> None:
        """Send nothing until somebody resumes it."""
        self.state, self.paused_at, self.paused_because = State.PAUSED, at, cause

    def wake(self) -> None:
        """Send again, and count failures anew."""
        self.state, self.paused_at, self.paused_because, self.failing_since = State.ACTIVE, None, None, None

    def end(self) -> None:
        """Forget the secrets for good."""
        self.wake()
        self.state = State.ENDED
        self.vault_key = self.secret_sealed = self.old_secret_sealed = self.old_secret_until = None

    def shown(self) -> Endpoint:
        """Return it as its managers see it."""
        return Endpoint(
            id=self.id,
            url=self.url,
            description=self.description,
            event_types=tuple(self.event_types),
            state=self.state,
            paused_at=self.paused_at,
            paused_because=self.paused_because,
            created_at=self.created_at,
        )


class WebhookDelivery(InDistrict, Base):
    """One event on its way to one endpoint; its id is the `webhook-id` of every try."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(["district", "endpoint"], ["webhook_endpoint.district", "webhook_endpoint.id"]),
        CheckConstraint(f"state in ({_WAYS})", name="state"),
        Index("ix_webhook_delivery_endpoint", "district", "endpoint", "id"),
        Index("ix_webhook_delivery_age", "district", "occurred_at"),
    )

    endpoint: Mapped[UUID]
    type: Mapped[str]
    body: Mapped[str]
    occurred_at: Mapped[datetime]
    state: Mapped[str]
    event: Mapped[UUID]
    """The row of the outbox that carries it."""
    tries: Mapped[int]
    history: Mapped[list[Any]] = mapped_column(JSONB)
    """The last tries: when, the response's status, how long it took, and why it failed."""
