"""Signing in with a login and its secret, a PIN or a password, and changing that secret."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from backend.identity import guesses, passwords, phones, queries, rules, sessions
from backend.identity.errors import LoginWrong, SecretTooCommon, SecretTooWeak, SecretUnchanged, SecretWrong
from backend.identity.models import Credential
from backend.identity.rules import Post, SecretKind, SignedIn
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.db import keep
from backend.kit.ids import new_id


def sign_in_collector(
    db: Session,
    *,
    number: str,
    pin: str,
    phone_token: str | None = None,
    phone_code: str | None = None,
    device: str | None = None,
    device_token: str | None = None,
    address: str = "",
    at: datetime,
) -> SignedIn:
    """Sign a collector in on a phone of their operator; who was signed in on it before is out.

    :param phone_token: what the phone was told when it was bound
    :param phone_code: what binds it, the first time
    :raises PhoneNotBound: a PIN opens nothing on a phone that no operator bound
    :raises PhoneCodeWrong: the code binds no phone, or no longer
    :raises LoginWrong: no such collector of theirs, another PIN, or too many wrong ones a moment ago
    """
    phone = phones.find(db, token=phone_token, code=phone_code, at=at)
    choose = partial(phones.post_on, phone)
    known, post = _let_in(db, "pin", number, pin, choose, device_token=device_token, address=address, at=at)
    held = phones.take(db, phone, post, person=known.person, at=at)
    signed_in = _begin(db, known, post, phone=held.id, device=device, device_token=device_token, at=at)
    return replace(signed_in, phone_token=rules.phone_token(held.district, held.id))


def sign_in_staff(
    db: Session,
    *,
    username: str,
    password: str,
    device: str | None = None,
    device_token: str | None = None,
    address: str = "",
    at: datetime,
) -> SignedIn:
    """Sign a member of staff in, in the first of their districts; `next_step` is what is still to be done.

    :param device_token: what the device was told when the owner last signed in on it
    :param address: where the request came from
    :raises LoginWrong: no such user, another password, or too many wrong ones from there a moment ago
    """
    login = username.casefold()
    known, post = _let_in(
        db, "password", login, password, _first, device_token=device_token, address=address, at=at
    )
    return _begin(db, known, post, device=device, device_token=device_token, at=at)


def _first(posts: list[Post]) -> Post | None:
    return posts[0] if posts else None


def _let_in(
    db: Session,
    kind: SecretKind,
    login: str,
    secret: str,
    choose: Callable[[list[Post]], Post | None],
    *,
    device_token: str | None,
    address: str,
    at: datetime,
) -> tuple[Credential, Post]:
    """Check a login and its secret; an unknown login takes as long and is refused in the same words.

    :param choose: finds the post to sign in to; who has none is refused as with a wrong secret
    """
    known = queries.credential_locked(db, kind, login)
    fits = passwords.fits(known.hash if known else passwords.of_nobody(), secret)
    if known is not None:
        queries.person_locked(db, known.person)
        post = choose(queries.posts(db, known.person))
        sources = guesses.sources(known, "secret", device_token=device_token, address=address)
        if guesses.judge(db, known, sources, lambda: fits and post is not None, at=at) and post is not None:
            return known, post
    keep(db)  # the next guess waits for this row, and the refusal does not take the count back
    raise LoginWrong


def _begin(
    db: Session,
    known: Credential,
    post: Post,
    *,
    phone: UUID | None = None,
    device: str | None,
    device_token: str | None,
    at: datetime,
) -> SignedIn:
    step = sessions.step_for(db, known.person, post.role, verified=False)
    signed_in = sessions.begin(db, known.person, post, device=device, phone=phone, next_step=step, at=at)
    return signed_in if step else acquainted(signed_in, known, device_token=device_token, at=at)


def acquainted(signed_in: SignedIn, known: Credential, *, device_token: str | None, at: datetime) -> SignedIn:
    """Tell a device by what we shall know it again, unless we know it already."""
    if rules.device_of(device_token, credential=known.id, kept=known.hash):
        return signed_in
    token = rules.device_token(new_id(at), credential=known.id, kept=known.hash)
    return replace(signed_in, device_token=token)


def prove(db: Session, by: Actor, secret: str, *, at: datetime) -> Credential:
    """Let somebody who is signed in give their secret again, as somebody else may hold their phone.

    :raises SecretWrong: it is another one, or too many wrong ones came with this session
    """
    known = queries.credential_of_locked(db, by.id)
    sources = rules.sources_of("secret", device=by.session, address="")
    if not guesses.judge(db, known, sources, lambda: passwords.fits(known.hash, secret), at=at):
        keep(db)
        raise SecretWrong
    return known


def change_secret(
    db: Session, *, by: Actor, kind: SecretKind, old_secret: str, new_secret: str, at: datetime
) -> SignedIn:
    """Change the caller's own password or PIN; their other sessions end, and no device is known any more.

    :raises SecretWrong: the old one is another, or they have no secret of this kind
    :raises SecretUnchanged: nothing would change
    :raises SecretTooWeak: the new one is too short
    :raises SecretTooCommon: the new one is among the first to be guessed
    """
    known = prove(db, by, old_secret, at=at)
    if known.kind != kind:
        raise SecretWrong
    if old_secret == new_secret:
        raise SecretUnchanged
    check(kind, new_secret, login=known.login)
    known.hash, known.must_change = passwords.keepsake(new_secret), False
    trail.note(db, f"{kind}.changed", f"person/{by.id}", by=by, at=at)
    sessions.end(db, by.id, but=by.session, at=at)
    family = sessions.of(db, by)
    family.next_step = sessions.step_for(db, by.id, by.role, verified=True)
    signed_in = family.hand_out(at)
    return signed_in if signed_in.next_step else acquainted(signed_in, known, device_token=None, at=at)


def check(kind: SecretKind, secret: str, *, login: str) -> None:
    """Refuse a secret that is not worth keeping.

    :raises SecretTooWeak: it is too short
    :raises SecretTooCommon: it is among the first to be guessed
    """
    if not rules.is_strong(kind, secret):
        raise SecretTooWeak
    if rules.is_common(kind, secret, login=login):
        raise SecretTooCommon
