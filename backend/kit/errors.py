"""The few kinds of refusal that decide a status. A room subclasses one and says it in its own words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import ClassVar

from sqlalchemy.orm import Session

from backend.kit.clock import in_the_city


@dataclass(frozen=True)
class Word:
    """A fact that is a word, and another one in each language."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Say it in English, as whoever reads a log does."""
        return self.en


class Problem(Exception):
    """A refusal that the client is told: a status, a stable code, and one sentence in two languages.

    The sentences may hold `{names}` that are filled from the facts it is raised with; a moment is told as
    the city's clock shows it.
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    leaves_trace: ClassVar[bool] = False
    """Whether the refusal itself is committed, as a wrong one-time code must be."""

    def __init__(
        self,
        *,
        retry_after: int | None = None,
        then: Callable[[Session], object] | None = None,
        **facts: object,
    ) -> None:
        self.facts = facts
        super().__init__(self.sentence("en"))
        self.retry_after = retry_after
        self.then = then

    def sentence(self, language: str) -> str:
        """Say it in the client's language."""
        words = self.en if language == "en" else self.zh
        return words.format(**{name: _told(fact, language) for name, fact in self.facts.items()})

    def trace(self, db: Session) -> None:
        """Write what remains of the refusal, as it was raised with; the work itself is already undone."""
        if self.then is not None:
            self.then(db)


def _told(fact: object, language: str) -> object:
    if isinstance(fact, datetime):
        return in_the_city(fact, language)
    if isinstance(fact, Word):
        return fact.en if language == "en" else fact.zh
    return fact


class BadRequest(Problem):
    """The request cannot be read."""

    status = HTTPStatus.BAD_REQUEST


class Unauthenticated(Problem):
    """Nobody we know is asking."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Problem):
    """The caller may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Problem):
    """There is no such thing, or it is not the caller's."""

    status = HTTPStatus.NOT_FOUND


class Conflict(Problem):
    """The state of things does not allow it."""

    status = HTTPStatus.CONFLICT


class Unprocessable(Problem):
    """The request can be read but makes no sense."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyRequests(Problem):
    """Not now; later."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(Problem):
    """Something we depend on is down."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Unreadable(BadRequest):
    """The body is not JSON, or not UTF-8."""

    code = "unreadable"
    zh = "请求内容无法读取，请发送 UTF-8 编码的 JSON。"
    en = "The body cannot be read; send JSON in UTF-8."


class NumberOutOfRange(BadRequest):
    """The body holds NaN, an infinity, a number beyond a double, or one of thousands of digits."""

    code = "number_out_of_range"
    zh = "请求内容中有一个数超出了可表示的范围。"
    en = "A number in the body is out of range."


class KeyTwice(BadRequest):
    """An object of the body holds a key twice; nobody can know which value was meant."""

    code = "key_twice"
    zh = "请求内容中有重复的键，请每个键只写一次。"
    en = "An object in the body holds a key twice; write each key once."


class TooManyFields(BadRequest):
    """An object of the body holds more fields than any of ours has."""

    code = "too_many_fields"
    zh = "请求内容中一个对象的字段过多。"
    en = "An object in the body holds too many fields."


class NestedTooDeep(BadRequest):
    """The body is nested deeper than we read."""

    code = "nested_too_deep"
    zh = "请求内容嵌套过深。"
    en = "The body is nested too deep."


class NotUnicode(BadRequest):
    """A text of the body holds half a surrogate pair, which is no character."""

    code = "not_unicode"
    zh = "请求内容中有不成对的代理项字符，不是有效的 Unicode 文本。"
    en = "A text in the body holds a lone surrogate, which is not Unicode."


class NoSuchAddress(NotFound):
    """No route has this address."""

    code = "not_found"
    zh = "没有这个地址。"
    en = "There is nothing at this address."


class MethodNotAllowed(Problem):
    """The address exists, but not for this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    zh = "此地址不支持该方法。"
    en = "This address does not take this method."


class BodyTooLarge(Problem):
    """The body is larger than we read."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "body_too_large"
    zh = "请求内容过大。"
    en = "The body is too large."


class NotJson(Problem):
    """A body came, but not as JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "not_json"
    zh = "请以 application/json 发送。"
    en = "Send the body as application/json."


class Invalid(Unprocessable):
    """A field is missing, unknown or out of bounds."""

    code = "invalid"
    zh = "内容不符合要求，见 errors。"
    en = "The content does not fit; see errors."

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.errors = errors


class Crash(Problem):
    """Something of ours broke; the transaction was rolled back."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "crash"
    zh = "服务出了问题，什么都没有记录，请稍后重试。"
    en = "Something broke; nothing was recorded. Try again."


class Busy(Unavailable):
    """The database is away, or something took longer than we wait for it."""

    code = "busy"
    zh = "服务繁忙，请稍后用同一个 Idempotency-Key 重试。"
    en = "The service is busy; try again shortly, with the same Idempotency-Key."


def every_problem(kind: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Walk all refusals that have a code, wherever they are defined."""
    for child in kind.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from every_problem(child)
