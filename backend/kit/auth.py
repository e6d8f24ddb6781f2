"""Who is asking, and what a view demands of him. Default deny: a view that says nothing refuses to start."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from backend.kit.errors import Forbidden, Problem, Unauthenticated

View = TypeVar("View", bound=Callable[..., Any])

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Origin:
    """Where a request comes from."""

    address: str = field(repr=False)
    """The network, without its host."""
    device: str = field(repr=False)
    """What the client calls itself."""
    request_id: str


@dataclass(frozen=True)
class Actor:
    """The person behind a request, in one district and one role at a time."""

    id: UUID
    role: str
    scopes: frozenset[str]
    district: str
    """Empty for a resident who has no household yet."""
    household: UUID | None = None
    organisation: UUID | None = None
    """The operator of a collector, the merchant of a till."""
    session: UUID | None = None
    vault_key: bytes = field(default=b"", repr=False)
    on_trail: bool = False
    """Whether every change that they make is written down."""
    origin: Origin | None = None
    """Where their request comes from; a job or a command has none."""
    next_step: str | None = None
    """What their sign-in still lacks; until then they may do that and little else."""

    @classmethod
    def system(cls, district: str) -> "Actor":
        """Return the platform itself, acting when a deadline has passed."""
        return cls(id=NOBODY, role="system", scopes=frozenset(), district=district)

    def home(self) -> UUID:
        """Return the household this actor speaks for.

        :raises NoHousehold: the resident has not set one up
        """
        if self.household is None:
            raise NoHousehold
        return self.household

    def organisation_id(self) -> UUID:
        """Return the operator or merchant this actor works for.

        :raises ScopeMissing: he works for none
        """
        if self.organisation is None:
            raise ScopeMissing
        return self.organisation


class NotSignedIn(Unauthenticated):
    """No valid access token came with the request."""

    code = "not_signed_in"
    zh = "请先登录。"
    en = "Sign in first: the access token is missing, expired or revoked."


class ScopeMissing(Forbidden):
    """The caller's role does not include this."""

    code = "scope_missing"
    zh = "您的身份不能进行此操作。"
    en = "Your role does not include this."


class SignInUnfinished(Forbidden):
    """The session has a step of its sign-in to go; `next_step` of the session says which."""

    code = "sign_in_unfinished"
    zh = "登录尚未完成，请先完成下一步（见 next_step）。"
    en = "Your sign-in is not finished; do its next step first (see next_step)."


class NoHousehold(Forbidden):
    """A resident who has not set up a household has nothing to act on."""

    code = "no_household"
    zh = "请先完善家庭和地址信息。"
    en = "Set up your household and address first."


def refusal_for(who: Actor) -> Problem:
    """Say why somebody lacks a scope: their sign-in, their household, or their role."""
    if who.next_step:
        return SignInUnfinished()
    return ScopeMissing() if who.district else NoHousehold()


def mark(view: View, **facts: Any) -> View:
    """Leave a note on a view, where the kernel and the documentation find it."""
    notes: dict[str, Any] = view.__dict__.setdefault("_apidoc", {}).setdefault("notes", {})
    notes.update(facts)
    return view


def notes(view: Callable[..., Any]) -> dict[str, Any]:
    """Read what `mark` left."""
    found: dict[str, Any] = getattr(view, "_apidoc", {}).get("notes", {})
    return found


def requires(scope: str) -> Callable[[View], View]:
    """Let in only those whose role has this scope."""
    return lambda view: mark(view, scope=scope)


def public(view: View) -> View:
    """Let in anybody."""
    return mark(view, scope=None)


def refuses(*problems: type[Problem]) -> Callable[[View], View]:
    """Say which refusals a view may answer with; the documentation lists them."""
    return lambda view: mark(view, refusals=(*notes(view).get("refusals", ()), *problems))
