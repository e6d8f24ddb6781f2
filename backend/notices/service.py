"""The verbs of notices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.notices import queries
from backend.notices.errors import NoticeNotFound
from backend.notices.models import Notice
from backend.notices.rules import TEMPLATES, Shown


def tell(
    db: Session,
    person: UUID,
    template: str,
    params: Mapping[str, Any],
    *,
    district: str,
    at: datetime,
    sms: bool = False,
) -> UUID:
    """Tell somebody something: in their inbox, and by text message where it cannot wait.

    :param params: small JSON without personal data; ids as text, times in ISO 8601
    """
    missing = TEMPLATES[template].params - params.keys()
    assert not missing, f"{template} needs {sorted(missing)}"
    notice = new_id(at)
    db.add(
        Notice(
            district=district,
            id=notice,
            person=person,
            template=template,
            params=dict(params),
            created_at=at,
        )
    )
    if sms:
        later(db, "notices.send_sms", {"notice": str(notice)}, district=district, at=at)
    return notice


def read(db: Session, notice_id: UUID, *, by: Actor, language: str, at: datetime) -> Shown:
    """Note that somebody has read a notice; the first time counts.

    :raises NoticeNotFound: it is not theirs
    """
    notice = queries.notice(db, by.district, notice_id, person=by.id)
    if notice is None:
        raise NoticeNotFound
    notice.read_at = notice.read_at or at
    return queries.shown(notice, language)
