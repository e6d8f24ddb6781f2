"""What a sign-in is, in plain words: lists in memory, written without a look at the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
CODE_LIVES, GRACE, ACCESS_LIVES, REFRESH_LIVES = 5 * MINUTE, 30 * SECOND, 15 * MINUTE, 30 * DAY
SILENCE = 365 * DAY
_people = count(1)


@dataclass
class Asked:
    """A code that was asked for."""

    phone: str
    request_id: str
    digits: str
    at: datetime
    tries: int = 0
    is_used: bool = False

    @property
    def wrong(self) -> str:
        """A code beside it."""
        return f"{(int(self.digits) + 1) % 10**6:06}"

    def is_open(self, at: datetime) -> bool:
        """Tell whether it may be tried."""
        return not self.is_used and self.tries < 5 and at < self.at + CODE_LIVES


@dataclass
class Session:
    """A sign-in on a device, with every token it ever had."""

    person: int
    device: str
    at: datetime
    id: str = ""
    access: list[str] = field(default_factory=list)
    refresh: list[str] = field(default_factory=list)
    lost: str = ""
    """The token before the newest exchange, which still counts where its answer was lost."""
    exchanged_at: datetime = field(init=False)
    is_ended: bool = False

    def takes(self, tokens: Mapping[str, Any], *, instead_of: str = "", at: datetime) -> None:
        """Note new tokens."""
        if not instead_of or instead_of != self.lost:
            self.lost, self.exchanged_at = instead_of, at
        self.access.append(tokens["access_token"])
        self.refresh.append(tokens["refresh_token"])
        self.at = at

    def is_live(self, at: datetime) -> bool:
        """Tell whether it may go on."""
        return not self.is_ended and at < self.at + REFRESH_LIVES


@dataclass
class Number:
    """Who has a number, as far as is known."""

    person: int
    since: datetime
    is_in_doubt: bool = False


class Known:
    """All that there is to know of the residents of an example."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.numbers: dict[str, Number] = {}
        self.sessions: list[Session] = []

    def why_no_code(self, phone: str, *, at: datetime) -> str | None:
        """Tell why a number gets no code now: one a minute, five an hour, thirty an hour from a line."""
        recent = [each for each in self.asked if each.at > at - HOUR]
        own = [each.at for each in recent if each.phone == phone]
        if (own and at < own[-1] + MINUTE) or (len(own) >= 5 and at < own[-5] + HOUR):
            return "code_too_soon"
        return "too_many_codes" if len(recent) >= 30 else None

    def tries(
        self, asked: Asked, phone: str, code: str, *, fresh: bool, at: datetime
    ) -> tuple[int, str | None]:
        """Say what comes of a code, and count it."""
        if phone != asked.phone or not asked.is_open(at):
            return 401, "one_time_code_wrong"
        asked.tries += 1
        if code != asked.digits:
            return 401, "one_time_code_wrong"
        if self._is_in_doubt(phone, at=at):
            if not fresh:
                return 409, "number_in_doubt"
            self._lets_go(phone)
        asked.is_used = True
        return 201, None

    def _is_in_doubt(self, phone: str, *, at: datetime) -> bool:
        known = self.numbers.get(phone)
        if known is None:
            return False
        return known.is_in_doubt or at >= self.silent_at(phone)

    def silent_at(self, phone: str) -> datetime:
        """Tell from when a number that is known may be somebody else's."""
        known = self.numbers[phone]
        seen = [each.exchanged_at for each in self.sessions if each.person == known.person]
        return max(seen, default=known.since) + SILENCE

    def live(self, phone: str, *, at: datetime) -> Session | None:
        """Return where who has a number last signed in, if they still are."""
        known = self.numbers.get(phone)
        live = [each for each in self.sessions if known and each.person == known.person and each.is_live(at)]
        return live[-1] if live else None

    def moments(self) -> Iterator[datetime]:
        """Tell when the newest codes and sessions change by themselves."""
        for asked in self.asked[-2:]:
            yield from (asked.at + MINUTE, asked.at + CODE_LIVES, asked.at + HOUR)
        for session in self.sessions[-2:]:
            yield from (session.exchanged_at + GRACE, session.at + ACCESS_LIVES, session.at + REFRESH_LIVES)

    def _lets_go(self, phone: str) -> None:
        gone = self.numbers.pop(phone).person
        for session in self.sessions:
            session.is_ended |= session.person == gone

    def begins(self, phone: str, device: str, tokens: Mapping[str, Any], *, at: datetime) -> Session:
        """Begin a session for who has the number, or for somebody new."""
        known = self.numbers.setdefault(phone, Number(next(_people), at))
        session = Session(known.person, device, at)
        session.takes(tokens, at=at)
        self.sessions.append(session)
        return session

    def changes_hands(self, phone: str) -> None:
        """Note that somebody new may have the number."""
        if phone in self.numbers:
            self.numbers[phone].is_in_doubt = True

    def opens(self, session: Session, token: str, *, at: datetime) -> bool:
        """Tell whether an access token is let in."""
        return not session.is_ended and token == session.access[-1] and at < session.at + ACCESS_LIVES

    def refreshes(self, session: Session, token: str, *, at: datetime) -> bool:
        """Tell whether a refresh token goes on; an old one ends the session."""
        if not session.is_live(at):
            return False
        is_lost = token == session.lost and at < session.exchanged_at + GRACE
        session.is_ended = not (is_lost or token == session.refresh[-1])
        return not session.is_ended

    def devices(self, session: Session, *, at: datetime) -> list[tuple[str, bool]]:
        """List where somebody is signed in, by the names of the devices."""
        own = [each for each in self.sessions if each.person == session.person and each.is_live(at)]
        return sorted((each.device, each is session) for each in own)


@dataclass
class Tries:
    """Wrong secrets of one source."""

    failures: int = 0
    last_at: datetime | None = None
    rests_until: datetime | None = None

    def count(self, free: int, *, at: datetime) -> None:
        """Note one more: from so many on a minute's rest, then twice as long, an hour at most."""
        if self.last_at is not None and self.last_at < at - DAY:
            self.failures = 0
        self.failures += 1
        over = self.failures - free
        self.last_at = at
        self.rests_until = at + min(MINUTE * 2 ** min(over, 10), HOUR) if over >= 0 else at


@dataclass
class Doors:
    """How a login stands with those who tried it: each known device, each line, and all strangers."""

    devices: list[str] = field(default_factory=list)
    tries: dict[str, Tries] = field(default_factory=dict)

    def opens(self, *, is_right: bool, line: int, token: str | None, at: datetime) -> bool:
        """Say whether somebody is let in, and count who is not."""
        sources = self._sources(line, token)
        made = {source: self.tries.setdefault(source, Tries()) for source in sources}
        if any(each.rests_until and each.rests_until > at for each in made.values()):
            return False
        for source, free in sources.items():
            if is_right:
                del self.tries[source]
            else:
                made[source].count(free, at=at)
        return is_right

    def rests_until(self, *, line: int, token: str | None) -> datetime | None:
        """Tell until when nothing from there is looked at, if anything was wrong from there."""
        rests = [self.tries[each].rests_until for each in self._sources(line, token) if each in self.tries]
        return max((each for each in rests if each), default=None)

    def moments(self) -> Iterator[datetime]:
        """Tell when rests end and guesses are forgotten."""
        for tries in self.tries.values():
            if tries.last_at and tries.rests_until:
                yield from (tries.rests_until, tries.last_at + DAY)

    def _sources(self, line: int, token: str | None) -> Mapping[str, int]:
        return {token: 5} if token and token in self.devices else {f"line {line}": 5, "strangers": 50}
