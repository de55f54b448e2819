"""Figures of a template and of a number over time.

Theory of operation.  Instants are milliseconds; the stretches begin at ``Start`` and are a day or half
an hour long.  A stretch in which nothing was sent is not answered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from clarion.cams.call import Answer, Call
from clarion.cams.messages import number_of, sender_of
from clarion.cams.refusals import invalid
from clarion.domain.identity import Permission
from clarion.reports.message_counts import (
    MessageCounts,
    Stretch,
    counts_of_senders,
    counts_of_template,
)
from clarion.services.senders import list_senders

__all__ = ["get_chatapp_phone_number_metric", "get_chatapp_template_metric"]

_WIDTHS = {"DAILY": timedelta(days=1), "HALF_HOUR": timedelta(minutes=30)}


async def get_chatapp_template_metric(call: Call) -> Answer:
    """How the messages of a template fared."""
    stretch, name = _stretch(call), call.text("TemplateCode")
    async with call.transaction() as connection:
        call.scope.require(Permission.READ)
        counts = await counts_of_template(
            connection, call.scope.workspace_id, name, call.text("Language") or None, stretch
        )
    common = {"TemplateCode": name, "Language": call.text("Language"), "Cliented": []}
    return {
        "Data": [
            {**common, **_shape(each, stretch), "ReadCount": each.read_count} for each in counts
        ]
    }


async def get_chatapp_phone_number_metric(call: Call) -> Answer:
    """How the messages of a number, or of all numbers, fared."""
    stretch = _stretch(call)
    async with call.transaction() as connection:
        call.scope.require(Permission.READ)
        if call.text("PhoneNumber"):
            senders = [await sender_of(connection, call, "PhoneNumber")]
        else:
            senders = await list_senders(connection, call.scope)
        data: list[dict[str, Any]] = []
        for sender in senders:
            counts = await counts_of_senders(
                connection, call.scope.workspace_id, [sender.id], stretch
            )
            common = {"PhoneNumber": number_of(sender), "Granularity": _granularity(call)}
            data += [{**common, **_shape(each, stretch)} for each in counts]
    return {"Data": data}


def _granularity(call: Call) -> str:
    word = call.text("Granularity").upper() or "DAILY"
    if word not in _WIDTHS:
        raise invalid("Granularity", f"one of {', '.join(_WIDTHS)}")
    return word


def _stretch(call: Call) -> Stretch:
    ends = []
    for name in ("Start", "End"):
        try:
            ends.append(datetime.fromtimestamp(call.values[name] / 1000, UTC))
        except (OverflowError, ValueError, OSError) as error:
            raise invalid(name, "milliseconds since 1970") from error
    return Stretch(ends[0], ends[1], _WIDTHS[_granularity(call)])


def _shape(counts: MessageCounts, stretch: Stretch) -> dict[str, int]:
    return {
        "Start": round(counts.from_at.timestamp() * 1000),
        "End": round((counts.from_at + stretch.width).timestamp() * 1000),
        "SentCount": counts.accepted_count,
        "DeliveredCount": counts.delivered_count,
    }
