"""The second factor: enrolling an authenticator, proving it at sign-in, and going on without it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.identity import guesses, logins, queries, rules, sessions, totp
from backend.identity.errors import NoSecondFactor, SecondFactorWrong
from backend.identity.models import RecoveryCode, SecondFactor
from backend.identity.rules import Enrolled, Enrolment, SignedIn
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.db import keep
from backend.kit.envelope import seal, unseal
from backend.kit.ids import new_id


def enrol(db: Session, *, by: Actor, password: str, at: datetime) -> Enrolment:
    """Begin to enrol an authenticator; it counts from its first code on, and the one before until then.

    :raises SecretWrong: the password is another one
    """
    known = logins.prove(db, by, password, at=at)
    secret = totp.new_secret()
    _put(db, by.id, secret, at=at)
    address = totp.address_of(secret, login=known.login)
    return Enrolment(secret=secret, otpauth_uri=address, qr_svg=totp.qr_of(address))


def _put(db: Session, person: UUID, secret: str, *, at: datetime) -> SecondFactor:
    """Keep a secret that waits for its first code, in the place of another that waits."""
    db.execute(delete(SecondFactor).where(SecondFactor.person == person, SecondFactor.confirmed_at.is_(None)))
    factor = SecondFactor(id=new_id(at), person=person, last_step=0, created_at=at)
    factor.secret_sealed = seal(queries.key_of(db, person), secret, place=factor.place)
    db.add(factor)
    return factor


def confirm(db: Session, *, by: Actor, code: str, device_token: str | None = None, at: datetime) -> Enrolled:
    """Bring an authenticator into use with its first code; the caller's other sessions end.

    :raises NoSecondFactor: nothing waits to be confirmed
    :raises SecondFactorWrong: the code does not fit, or too many wrong ones came with this session
    """
    known = queries.credential_of_locked(db, by.id)
    factor = queries.waiting_factor(db, by.id)
    if factor is None:
        raise NoSecondFactor
    sources = rules.sources_of("second factor", device=by.session, address="")
    if not guesses.judge(db, known, sources, lambda: _spends(factor, by, code, at=at), at=at):
        keep(db)
        raise SecondFactorWrong
    _take_into_use(db, factor, at=at)
    codes = _new_codes(db, by.id, at=at)
    trail.note(db, "second_factor.enrolled", f"person/{by.id}", by=by, at=at)
    sessions.end(db, by.id, but=by.session, at=at)
    family = sessions.of(db, by)
    family.next_step = sessions.step_for(db, by.id, by.role, verified=True)
    signed_in = logins.acquainted(family.hand_out(at), known, device_token=device_token, at=at)
    return Enrolled(session=signed_in, recovery_codes=codes)


def _take_into_use(db: Session, factor: SecondFactor, *, at: datetime) -> None:
    db.execute(
        update(SecondFactor)
        .where(SecondFactor.person == factor.person, SecondFactor.confirmed_at.is_not(None))
        .where(SecondFactor.ended_at.is_(None))
        .values(ended_at=at)
    )
    factor.confirmed_at = at
    db.flush()


def _spends(factor: SecondFactor, by: Actor, code: str, *, at: datetime) -> bool:
    """Use up the time step that a code stands for, if it is one."""
    secret = unseal(by.vault_key, factor.secret_sealed, place=factor.place)
    step = totp.step_of(secret, code, after=factor.last_step, at=at)
    factor.last_step = step or factor.last_step
    return step is not None


def verify(
    db: Session,
    *,
    by: Actor,
    code: str,
    device_token: str | None = None,
    address: str = "",
    at: datetime,
) -> SignedIn:
    """Finish a sign-in with the authenticator's code, or with a recovery code, which is then used up.

    :raises SecondFactorWrong: it does not fit, was used, or too many wrong ones came from there
    """
    known = queries.credential_of_locked(db, by.id)
    factor = queries.second_factor(db, by.id)
    sources = guesses.sources(known, "second factor", device_token=device_token, address=address)

    def fits() -> bool:
        by_phone = factor is not None and _spends(factor, by, code, at=at)
        return by_phone or _spends_recovery(db, by.id, code, at=at)

    if not guesses.judge(db, known, sources, fits, at=at):
        keep(db)
        raise SecondFactorWrong
    family = sessions.of(db, by)
    family.next_step = sessions.step_for(db, by.id, by.role, verified=True)
    return logins.acquainted(family.hand_out(at), known, device_token=device_token, at=at)


def _spends_recovery(db: Session, person: UUID, code: str, *, at: datetime) -> bool:
    found = db.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.person == person, RecoveryCode.hash == totp.kept_of(code, person=person))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return found is not None


def renew_recovery_codes(db: Session, *, by: Actor, password: str, at: datetime) -> tuple[str, ...]:
    """Make ten new recovery codes; the old ones end.

    :raises SecretWrong: the password is another one
    :raises NoSecondFactor: there is nothing to recover from
    """
    logins.prove(db, by, password, at=at)
    if queries.second_factor(db, by.id) is None:
        raise NoSecondFactor
    trail.note(db, "recovery_codes.renewed", f"person/{by.id}", by=by, at=at)
    return _new_codes(db, by.id, at=at)


def _new_codes(db: Session, person: UUID, *, at: datetime) -> tuple[str, ...]:
    db.execute(delete(RecoveryCode).where(RecoveryCode.person == person))
    codes = totp.new_recovery_codes()
    kept = (totp.kept_of(code, person=person) for code in codes)
    db.add_all(RecoveryCode(id=new_id(at), person=person, hash=one) for one in kept)
    return codes


def hand_over(db: Session, *, person: UUID, secret: str, at: datetime) -> None:
    """Give somebody an authenticator that was set up for them, unless they have one: the demo does so."""
    if queries.second_factor(db, person) is None:
        _put(db, person, secret, at=at).confirmed_at = at
        db.flush()


def take_away(db: Session, person: UUID, *, at: datetime) -> None:
    """End somebody's second factor and recovery codes; they enrol anew at their next sign-in."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.person == person))
    db.execute(
        update(SecondFactor)
        .where(SecondFactor.person == person, SecondFactor.ended_at.is_(None))
        .values(ended_at=at)
    )
