"""Execution plans on the wire: ``ExecutionType`` and a Quartz expression, from and to our plans.

Theory of operation.  ``1`` (also written ``Schedule``) is a periodic plan with ``CronExpression``,
``2`` one firing at the start.  Plans that were made elsewhere are answered as the Quartz expression
that fires at the same times; a plan that counts elapsed time over hours (``every`` 90 minutes) has
none, and is answered without an expression.
"""

from __future__ import annotations

from datetime import datetime, time

from clarion.cams.refusals import refuse_business
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
from clarion.schedule.plan import parse_plan

__all__ = ["ONE_SHOT", "PERIODIC", "cron_of", "plan_of", "type_of"]

PERIODIC = "1"
ONE_SHOT = "2"
_PERIODIC_WORDS = frozenset({PERIODIC, "schedule"})
_QUARTZ_DAYS = dict(zip(WEEKDAYS, ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"), strict=True))


def plan_of(execution_type: str, cron_expression: str) -> Plan | None:
    """The plan that is asked for; ``None``: periodic, without saying when.

    Raises ``campaign.invalid`` and ``Activity.ExecutionTypeNotSupport``.
    """
    word = execution_type.strip().lower()
    if word == ONE_SHOT:
        return Once()
    if word not in _PERIODIC_WORDS:
        raise refuse_business("Activity.ExecutionTypeNotSupport")
    if not cron_expression.strip():
        return None
    return parse_plan({"kind": "cron", "expression": cron_expression})


def type_of(plan: Plan) -> str:
    """How the plan's type is answered."""
    return ONE_SHOT if isinstance(plan, Once) else PERIODIC


def cron_of(plan: Plan, start: datetime) -> str:
    """The Quartz expression of a plan; ``start`` is the campaign's, as a wall time of its zone.

    Empty when there is none.
    """
    match plan:
        case Cron(expression):
            return expression
        case EveryMinute() | Every(1, Unit.MINUTES):
            return "0 * * * * ?"
        case Hourly() | Every(1, Unit.HOURS):
            return f"0 {start.minute} * * * ?"
        case Daily(at):
            return f"{_clock(at, start)} * * ?"
        case Every(1, Unit.DAYS):
            return f"{_clock(None, start)} * * ?"
        case Weekly(weekdays, at):
            return f"{_clock(at, start)} ? * {','.join(_QUARTZ_DAYS[day] for day in weekdays)}"
        case Monthly(days, at):
            named = ",".join("L" if day == LAST_DAY else str(day) for day in days)
            return f"{_clock(at, start)} {named} * ?"
        case _:
            return ""


def _clock(at: time | None, start: datetime) -> str:
    moment = at or start.time()
    return f"0 {moment.minute} {moment.hour}"
