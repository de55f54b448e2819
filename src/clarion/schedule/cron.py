"""Cron expressions, read into days and times of day.

Theory of operation.  Two dialects are read.  *Five fields* are those of Debian's cron: minute,
hour, day of month, month, day of week (0 and 7 are Sunday); when both day fields are restricted a
day matches if either does.  *Six or seven fields* are Quartz's: a second in front, which must be
0, an optional year behind, ``?`` for "no matter", and days of the week counted from 1 = Sunday.
Nothing finer than a minute is accepted.

``cronsim`` reads the fields and matches days.  It does not walk the clock for us: its handling of
daylight saving differs from ours (``clarion.domain.local_time``), and days times times of day are
faster to enumerate.  A wall time therefore runs once however often the clock shows it: an hourly
cron fires once in the hour that autumn repeats.  Who wants elapsed time uses ``hourly`` or ``every``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from cronsim import CronSim, CronSimError

__all__ = ["CronProblem", "CronRule", "read_cron"]

_QUARTZ_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_ANY = frozenset({"*", "?"})
_ANY_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - cronsim wants some start; only its fields are used


@dataclass(frozen=True, slots=True)
class CronRule:
    """What an expression means: the dates that match, and the sorted times of each of them."""

    matches: Callable[[date], bool]
    times: tuple[time, ...]
    five_fields: str
    years: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class CronProblem:
    """Why an expression is not accepted; ``code`` is stable, ``message`` is for a person."""

    code: str
    message: str


def read_cron(expression: str) -> CronRule | CronProblem:
    """Read an expression of 5, 6 or 7 fields; total for any text."""
    fields = expression.upper().split()
    if len(fields) not in (5, 6, 7):
        return CronProblem(
            "cron_fields",
            f"A cron expression has 5 fields, or 6 to 7 in the Quartz form; this one has {len(fields)}.",
        )
    try:
        return _rule_of(fields)
    except CronSimError as error:
        return CronProblem("cron_invalid", f"The cron expression cannot be read: {error}.")


def _rule_of(fields: list[str]) -> CronRule | CronProblem:
    years: frozenset[int] | None = None
    if len(fields) > 5:
        if fields[0].strip("0"):
            return CronProblem(
                "cron_too_fine",
                f"The field of the seconds must be 0: nothing runs more often than once a minute; this one has {fields[0]!r}.",
            )
        if not _ANY & {fields[3], fields[5]}:
            return CronProblem(
                "cron_two_days",
                "In the Quartz form, day of month or day of week must be `?`.",
            )
        if len(fields) == 7 and fields[6] not in _ANY:
            years = _years_of(fields[6])
        fields = [*fields[1:5], _quartz_weekdays(fields[5])]
    five = ["*" if field == "?" else field for field in fields]
    sim = CronSim(" ".join(five), _ANY_DATE)
    times = tuple(
        time(hour, minute) for hour in sorted(sim.hours) for minute in sorted(sim.minutes)
    )
    months = frozenset(sim.months)

    def matches(day: date) -> bool:
        return (
            day.month in months
            and (years is None or day.year in years)
            and bool(sim.match_day(day))
        )

    return CronRule(matches, times, " ".join(five), years)


def _quartz_weekdays(field: str) -> str:
    """Quartz's day-of-week field, with the days written as cron's names (or digit, before L)."""
    if field in _ANY:
        return "*"
    return ",".join(_quartz_weekday_term(term) for term in field.split(","))


def _quartz_weekday_term(term: str) -> str:
    if term == "L":
        return "SAT"
    if term.endswith("L"):
        return f"{_quartz_day(term[:-1])}L"
    if "#" in term:
        day, nth = term.split("#", maxsplit=1)
        return f"{_QUARTZ_DAYS[_quartz_day(day)]}#{nth}"
    span, _, step_text = term.partition("/")
    step = _number(step_text, "step of the day of week") if step_text else 1
    if step < 1:
        raise CronSimError("Bad step of the day of week")
    first_text, _, last_text = span.partition("-")
    first = 0 if first_text in _ANY else _quartz_day(first_text)
    last = _quartz_day(last_text) if last_text else (6 if "/" in term or span in _ANY else first)
    if last < first:
        last += 7  # FRI-MON runs over the end of the week
    return ",".join(_QUARTZ_DAYS[day % 7] for day in range(first, last + 1, step))


def _quartz_day(text: str) -> int:
    """0 for Sunday to 6 for Saturday."""
    if text in _QUARTZ_DAYS:
        return _QUARTZ_DAYS.index(text)
    number = _number(text, "day-of-week")
    if not 1 <= number <= 7:
        raise CronSimError("Bad day-of-week: Quartz counts 1 (Sunday) to 7 (Saturday)")
    return number - 1


def _years_of(field: str) -> frozenset[int]:
    years: set[int] = set()
    for term in field.split(","):
        span, _, step_text = term.partition("/")
        step = _number(step_text, "step of the year") if step_text else 1
        first_text, _, last_text = span.partition("-")
        first = _FIRST_YEAR if first_text == "*" else _number(first_text, "year")
        is_open = first_text == "*" or (bool(step_text) and not last_text)
        last = _number(last_text, "year") if last_text else (_LAST_YEAR if is_open else first)
        if step < 1 or not _FIRST_YEAR <= first <= last <= _LAST_YEAR:
            raise CronSimError("Bad year")
        years.update(range(first, last + 1, step))
    return frozenset(years)


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise CronSimError(f"Bad {what}")
    return int(text)
