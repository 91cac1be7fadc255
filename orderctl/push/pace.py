"""How fast an account is spoken to: the published rate, and the pauses that the system asks for.

Knows no system and no real clock; every time is a parameter. The window comes from pyrate-limiter's bucket, which takes
our timestamps; its Limiter reads clocks and sleeps of its own, so it is not used.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from math import inf

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from orderctl.errors import UsageError

LONGEST_PAUSE = 300.0
FREE_REFUSALS = 10
_USED = 0.905
"""A little above the 90 % that are promised: what is rounded to milliseconds must not fall below them."""
_KEPT = 256
_HORIZON = 0.4
"""So far ahead a moment of a group may be drawn, in seconds: less than a drain's patience, or it would be lost."""
_UNITS = {"second": 1.0, "minute": 60.0}
_BACKOFF = 1.0
_LONGEST_BACKOFF = 60.0


def parse_rate(text: str) -> tuple[int, float]:
    """Read `40/minute` as (40, 60.0). Raises UsageError."""
    match = re.fullmatch(r"\s*([0-9]{1,6})\s*/\s*(second|minute)\s*", text)
    if match is None or int(match[1]) < 1:
        raise UsageError(f'--rate "{text}": write a number per second or minute, such as 40/minute.')
    return int(match[1]), _UNITS[match[2]]


class Pace:
    """The pace of one account; times are seconds of the monotonic clock.

    At most `rate` requests leave in any window that is a tenth longer than published: 90 % of the limit is used,
    and no jitter on the way can push one request too many into the system's own window.
    """

    def __init__(self, rate: str, before: Iterable[float] = ()) -> None:
        self.limit, window = parse_rate(rate)
        self.window = window / _USED
        self._bucket = InMemoryBucket([Rate(self.limit, round(self.window * 1000) + 1)])
        self._sent: deque[float] = deque(maxlen=min(self.limit, _KEPT))
        for at in sorted(before):
            self._note(at)
        self.paused_until = self.pause_began = -inf
        self.refusals = 0

    def wait(self, now: float) -> float:
        """Seconds until a request may leave, 0 when it may now."""
        if now < self.paused_until:
            return self.paused_until - now
        self._bucket.leak(round(now * 1000))
        if self._bucket.count() < self.limit:
            return 0.0
        oldest = self._bucket.peek(self.limit - 1)
        return max(0.0, (oldest.timestamp + self.window * 1000 + 2) / 1000 - now) if oldest else 0.0

    def take(self, now: float) -> None:
        """Note that a request leaves now."""
        self._note(now)

    def recent(self) -> list[float]:
        """The times of the last requests, for the journal: the next run keeps to the same window."""
        return list(self._sent)

    def _note(self, at: float) -> None:
        self._bucket.put(RateItem("", round(at * 1000)))
        while self._sent and self._sent[0] <= at - self.window:
            self._sent.popleft()
        self._sent.append(at)

    def pause(self, now: float, seconds: float) -> None:
        """Let nothing leave for so long."""
        self.paused_until = max(self.paused_until, now + seconds)

    def refused(self, sent_at: float, now: float, told: float | None) -> float:
        """Note a 429 and pause; returns the pause. Refusals of one volley count once."""
        if sent_at >= self.pause_began:
            self.refusals += 1
            self.pause_began = now
        seconds = told if told else backoff(self.refusals - 1)
        self.pause(now, min(seconds, LONGEST_PAUSE))
        return seconds

    def answered(self, headers: Mapping[str, str], now: float) -> None:
        """Note an answer that is no refusal, and obey what it says of the rest of the window."""
        self.refusals = 0
        if _number(headers.get("x-rate-limit-remaining")) == 0 and (
            reset := _number(headers.get("x-rate-limit-reset"))
        ):
            self.pause(now, min(reset + 1.0, LONGEST_PAUSE))


class SharedPace(Pace):
    """The pace of one account of a group that shares its rate: every request draws its moment from the group.

    `draw(spacing, horizon)` gives the seconds until a moment that nobody else has, or those until there may be one
    within the horizon; `hold(seconds)` lets the whole group wait. Moments are `spacing` apart and soon expire, so that
    a process that was frozen with a moment in hand does not use it together with another's.
    """

    def __init__(
        self,
        rate: str,
        before: Iterable[float],
        draw: Callable[[float, float], tuple[bool, float]],
        hold: Callable[[float], None],
    ) -> None:
        super().__init__(rate, before)
        self._draw, self._hold = draw, hold
        self._spacing = self.window / self.limit
        self._late = (self.window - self.window * _USED) / 2
        self._moment: float | None = None
        self._ask_at = -inf

    def wait(self, now: float) -> float:
        """Seconds until a request may leave, 0 when it may now."""
        own = super().wait(now)
        if own > 0 or now < self._ask_at:
            return max(own, self._ask_at - now)
        if self._moment is None or now > self._moment + self._late:
            drawn, seconds = self._draw(self._spacing, _HORIZON)
            self._moment, self._ask_at = (now + seconds, -inf) if drawn else (None, now + seconds)
            return seconds
        return max(0.0, self._moment - now)

    def take(self, now: float) -> None:
        """Note that a request leaves now."""
        super().take(now)
        self._moment = None

    def pause(self, now: float, seconds: float) -> None:
        """Let nothing of the whole group leave for so long."""
        super().pause(now, seconds)
        self._hold(seconds)


def told(headers: Mapping[str, str], now: float) -> float | None:
    """The wait in seconds that an answer asks for; None when it asks for none, or not in words we trust."""
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is None and value:
        seconds = _until(value, now)
    if seconds is None and (reset := _number(headers.get("x-rate-limit-reset"))) is not None:
        seconds = reset + 1.0
    return seconds


def backoff(tries: int, chance: float = 1.0) -> float:
    """Our own wait after so many tries: 1 s, doubled, at most 60 s; `chance` in 0..1 takes up to half off."""
    return float(min(_BACKOFF * 2 ** min(tries, 10), _LONGEST_BACKOFF) * (0.5 + 0.5 * chance))


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and re.fullmatch(r"\s*[0-9]{1,12}(\.[0-9]{1,6})?\s*", text) else None


def _until(text: str, now: float) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError, TypeError):
        return None
