"""A plan in words, English and Chinese: "Every day at 09:00", "每天 09:00"."""

from __future__ import annotations

from datetime import datetime, time

from cronsim import CronSim

from clarion.domain.campaign import Language
from clarion.domain.plan import (
    LAST_DAY,
    WEEKDAYS,
    Cron,
    Daily,
    Every,
    EveryMinute,
    Hourly,
    Monthly,
    Once,
    Plan,
    Unit,
    Weekly,
)
from clarion.schedule.cron import CronProblem, read_cron

__all__ = ["plan_in_words"]

_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WORKDAYS = WEEKDAYS[:5]
_UNITS = {
    Unit.MINUTES: ("minute", "分钟"),
    Unit.HOURS: ("hour", "小时"),
    Unit.DAYS: ("day", "天"),
}
_SHORTEST_MONTH_DAYS = 28


def plan_in_words(plan: Plan, language: Language = "en", start: time | None = None) -> str:
    """The plan as a person says it.

    ``start`` is the wall-clock time of day of the campaign's start; a plan without a time of its
    own is told with it, or without a time if it is not given.
    """
    return _in_chinese(plan, start) if language == "zh" else _in_english(plan, start)


def _in_english(plan: Plan, start: time | None) -> str:
    match plan:
        case Once():
            return "Once, at the start"
        case EveryMinute():
            return "Every minute"
        case Hourly():
            return "Every hour"
        case Daily(at):
            return f"Every day{_at_english(at or start)}"
        case Every(every, unit):
            words = _UNITS[unit][0]
            return f"Every {words}" if every == 1 else f"Every {every} {words}s"
        case Weekly(weekdays, at):
            return f"{_weekdays_english(weekdays)}{_at_english(at or start)}"
        case Monthly(days, at):
            return f"{_days_english(days)}{_at_english(at or start)}"
        case Cron(expression):
            return _cron_english(expression)


def _at_english(at: time | None) -> str:
    return "" if at is None else f" at {at:%H:%M}"


def _weekdays_english(weekdays: tuple[str, ...]) -> str:
    if weekdays == WEEKDAYS:
        return "Every day"
    if weekdays == _WORKDAYS:
        return "Monday to Friday"
    return f"Every {_joined([day.capitalize() for day in weekdays])}"


def _days_english(days: tuple[int, ...]) -> str:
    names = ["last day" if day == LAST_DAY else _ordinal(day) for day in days]
    skipped = " that has it" if max(days) > _SHORTEST_MONTH_DAYS else ""
    return f"On the {_joined(names)} of every month{skipped}"


def _ordinal(day: int) -> str:
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _joined(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _cron_english(expression: str) -> str:
    rule = read_cron(expression)
    if isinstance(rule, CronProblem):
        return f"Cron {expression}"
    words = str(CronSim(rule.five_fields, datetime(2000, 1, 1)).explain())  # noqa: DTZ001 - unused
    if rule.years is None:
        return words
    return f"{words}, in {_years(rule.years)}"


def _years(years: frozenset[int]) -> str:
    first, last = min(years), max(years)
    if len(years) > 1 and len(years) == last - first + 1:
        return f"{first}-{last}"
    return ", ".join(str(year) for year in sorted(years))


def _in_chinese(plan: Plan, start: time | None) -> str:
    match plan:
        case Once():
            return "仅一次，开始时执行"
        case EveryMinute():
            return "每分钟"
        case Hourly():
            return "每小时"
        case Daily(at):
            return f"每天{_at_chinese(at or start)}"
        case Every(every, unit):
            words = _UNITS[unit][1]
            return f"每{words}" if every == 1 else f"每 {every} {words}"
        case Weekly(weekdays, at):
            return f"{_weekdays_chinese(weekdays)}{_at_chinese(at or start)}"
        case Monthly(days, at):
            return f"{_days_chinese(days)}{_at_chinese(at or start)}"
        case Cron(expression):
            return f"按 cron 表达式 {expression}"


def _at_chinese(at: time | None) -> str:
    return "" if at is None else f" {at:%H:%M}"


def _weekdays_chinese(weekdays: tuple[str, ...]) -> str:
    if weekdays == WEEKDAYS:
        return "每天"
    if weekdays == _WORKDAYS:
        return "每周一至周五"
    return "每" + "、".join(_WEEKDAYS_ZH[WEEKDAYS.index(day)] for day in weekdays)


def _days_chinese(days: tuple[int, ...]) -> str:
    names = "、".join("最后一天" if day == LAST_DAY else f"{day} 日" for day in days)
    skipped = "（无该日的月份跳过）" if max(days) > _SHORTEST_MONTH_DAYS else ""
    return f"每月 {names}{skipped}"
