"""The tables of staffing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.kit.envelope import seal, unseal
from backend.staffing.rules import Invited


class StaffInvitation(InDistrict, Base):
    """What lets one person begin to work here; the code is kept nowhere, the name only until they come."""

    __tablename__ = "staff_invitation"
    __table_args__ = (UniqueConstraint("district", "hash"),)

    role: Mapped[str]
    organisation: Mapped[UUID | None]
    vault_key: Mapped[bytes]
    name_sealed: Mapped[bytes | None]
    hash: Mapped[bytes]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    """When it was accepted or taken back."""

    @property
    def place(self) -> str:
        """Where the name is kept; it opens nowhere else."""
        return f"staff_invitation.name/{self.id}"

    def call(self, name: str) -> None:
        """Write down who is invited."""
        self.name_sealed = seal(self.vault_key, name, place=self.place)

    def name(self) -> str:
        """Open the name of who is invited."""
        return unseal(self.vault_key, self.name_sealed or b"", place=self.place)

    def end(self, at: datetime, *, accepted_by: UUID | None = None) -> None:
        """Close it, whether somebody came or it was taken back; it names nobody from then on."""
        self.accepted_by, self.ended_at, self.name_sealed = accepted_by, at, None

    def is_open(self, at: datetime) -> bool:
        """Tell whether it can still be used."""
        return self.ended_at is None and at < self.expires_at

    def invited(self) -> Invited:
        """Return what may be known of an open one."""
        return Invited(
            id=self.id,
            role=self.role,
            organisation=self.organisation,
            made_by=self.made_by,
            made_at=self.made_at,
            expires_at=self.expires_at,
            name=self.name(),
        )
