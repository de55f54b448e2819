"""Plans from and to JSON: the one shape used by REST, the command line, the console and the database.

``{"kind": "once"}`` · ``{"kind": "every_minute"}`` · ``{"kind": "hourly"}`` ·
``{"kind": "daily", "at": "09:00"}`` · ``{"kind": "every", "every": 15, "unit": "minutes"}`` ·
``{"kind": "weekly", "weekdays": ["monday"], "at": "09:00"}`` ·
``{"kind": "monthly", "days": [1, 15, -1], "at": "09:00"}`` ·
``{"kind": "cron", "expression": "0 9 * * 1-5"}``.
``at`` may be left out (or null): then the time of day is that of the campaign's start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import time
from types import MappingProxyType
from typing import Any

from clarion.domain.errors import ClarionError, FieldError
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

__all__ = [
    "LAST_DAY",
    "MAX_EVERY",
    "PLAN_KINDS",
    "WEEKDAYS",
    "Cron",
    "Daily",
    "Every",
    "EveryMinute",
    "Hourly",
    "Monthly",
    "Once",
    "Plan",
    "Unit",
    "Weekly",
    "parse_plan",
    "plan_to_json",
    "read_plan",
]

MAX_EVERY = 10_000
"""The largest count that ``every`` accepts."""

_AT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

_Data = Mapping[str, Any]
_Read = Plan | tuple[FieldError, ...]


def parse_plan(data: object) -> Plan:
    """The plan that a JSON value describes.

    Raises ``ClarionError("campaign.invalid")`` whose ``field_errors`` name each wrong field
    (``plan.every``).
    """
    plan = read_plan(data)
    if isinstance(plan, tuple):
        raise ClarionError(
            "campaign.invalid",
            f"The execution plan is not valid: {plan[0].message}",
            field_errors=plan,
        )
    return plan


def read_plan(data: object) -> Plan | tuple[FieldError, ...]:
    """The plan that a JSON value describes, or what is wrong with it; total for any value."""
    if not isinstance(data, Mapping):
        return (FieldError("plan", "not_an_object", "A plan is an object with a `kind`."),)
    kind = data.get("kind")
    row = _KINDS.get(kind) if isinstance(kind, str) else None
    if row is None:
        return (FieldError("plan.kind", "unknown", f"The kind is one of {', '.join(PLAN_KINDS)}."),)
    allowed, read = row
    unknown = tuple(
        FieldError(f"plan.{key}", "unknown", f"A plan of the kind {kind} has no field {key!r}.")
        for key in data
        if key not in allowed and key != "kind"
    )
    plan = read(data)
    if isinstance(plan, tuple):
        return unknown + plan
    return unknown or plan


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The JSON form of a plan; ``parse_plan`` reads it back to an equal value."""
    match plan:
        case Once():
            return {"kind": "once"}
        case EveryMinute():
            return {"kind": "every_minute"}
        case Hourly():
            return {"kind": "hourly"}
        case Daily(at):
            return {"kind": "daily", **_at_to_json(at)}
        case Every(every, unit):
            return {"kind": "every", "every": every, "unit": unit.value}
        case Weekly(weekdays, at):
            return {"kind": "weekly", "weekdays": list(weekdays), **_at_to_json(at)}
        case Monthly(days, at):
            return {"kind": "monthly", "days": list(days), **_at_to_json(at)}
        case Cron(expression):
            return {"kind": "cron", "expression": expression}


def _at_to_json(at: time | None) -> dict[str, str]:
    return {} if at is None else {"at": at.strftime("%H:%M")}


def _read_at(data: _Data) -> time | FieldError | None:
    text = data.get("at")
    if text is None:
        return None
    found = _AT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return FieldError(
            "plan.at", "not_a_time", "A time of day is written HH:MM, 00:00 to 23:59."
        )
    return time(int(found[1]), int(found[2]))


def _read_daily(data: _Data) -> _Read:
    at = _read_at(data)
    return (at,) if isinstance(at, FieldError) else Daily(at)


def _read_every(data: _Data) -> _Read:
    errors = []
    every: Any = data.get("every")
    unit: Any = data.get("unit")
    if not _is_integer(every) or not 1 <= every <= MAX_EVERY:
        errors.append(
            FieldError("plan.every", "out_of_range", f"Give a whole number from 1 to {MAX_EVERY}.")
        )
    if not isinstance(unit, str) or unit not in tuple(Unit):
        errors.append(
            FieldError("plan.unit", "unknown", f"The unit is one of {', '.join(tuple(Unit))}.")
        )
    return tuple(errors) or Every(every, Unit(unit))


def _read_weekly(data: _Data) -> _Read:
    at = _read_at(data)
    weekdays: Any = data.get("weekdays")
    errors = [at] if isinstance(at, FieldError) else []
    is_list = isinstance(weekdays, list | tuple) and len(weekdays) > 0
    if not is_list or any(day not in WEEKDAYS for day in weekdays):
        errors.append(
            FieldError("plan.weekdays", "unknown", f"Give one or more of {', '.join(WEEKDAYS)}.")
        )
    if errors or isinstance(at, FieldError):
        return tuple(errors)
    return Weekly(tuple(day for day in WEEKDAYS if day in weekdays), at)


def _read_monthly(data: _Data) -> _Read:
    at = _read_at(data)
    days: Any = data.get("days")
    errors = [at] if isinstance(at, FieldError) else []
    is_list = isinstance(days, list | tuple) and len(days) > 0
    if not is_list or any(
        not _is_integer(day) or not (1 <= day <= 31 or day == LAST_DAY) for day in days
    ):
        errors.append(
            FieldError(
                "plan.days",
                "out_of_range",
                "Give one or more days from 1 to 31, or -1 for the last.",
            )
        )
    if errors or isinstance(at, FieldError):
        return tuple(errors)
    return Monthly(tuple(sorted(set(days), key=lambda day: (day == LAST_DAY, day))), at)


def _read_cron(data: _Data) -> _Read:
    expression = data.get("expression")
    if not isinstance(expression, str) or not expression.strip():
        return (FieldError("plan.expression", "required", "Give a cron expression."),)
    rule = read_cron(expression)
    if isinstance(rule, CronProblem):
        return (FieldError("plan.expression", rule.code, rule.message),)
    return Cron(" ".join(expression.split()))


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: Mapping[str, tuple[frozenset[str], Callable[[_Data], _Read]]] = MappingProxyType(
    {
        "once": (frozenset(), lambda _: Once()),
        "every_minute": (frozenset(), lambda _: EveryMinute()),
        "hourly": (frozenset(), lambda _: Hourly()),
        "daily": (frozenset({"at"}), _read_daily),
        "every": (frozenset({"every", "unit"}), _read_every),
        "weekly": (frozenset({"weekdays", "at"}), _read_weekly),
        "monthly": (frozenset({"days", "at"}), _read_monthly),
        "cron": (frozenset({"expression"}), _read_cron),
    }
)

PLAN_KINDS = tuple(_KINDS)
"""The words that ``kind`` may be."""
