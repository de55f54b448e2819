"""``reference/outcomes.md``: what became of a contact, and every reason."""

from __future__ import annotations

from docs.pages.frame import head, page, table

from clarion.domain.campaign import (
    ALLOWED_ACTIONS,
    TRANSITIONS,
    CampaignStatus,
    OccurrenceStatus,
    Outcome,
    label_of,
)
from clarion.domain.reasons import REASONS

__all__ = ["outcomes_page"]

_OUTCOMES = {
    Outcome.PENDING: "Nothing has left yet, and nothing keeps it from leaving.",
    Outcome.ACCEPTED: "The channel has taken the opening message.",
    Outcome.HELD: "It waits for something, and leaves when that is over.",
    Outcome.SKIPPED: "Nothing was sent, on purpose.",
    Outcome.FAILED: "It was tried and is given up, or the flow failed.",
    Outcome.IN_DOUBT: "A request left, its answer was lost, and no receipt has settled it.",
}
_OCCURRENCES = {
    OccurrenceStatus.QUEUED: "Due, but the occurrence before it still runs.",
    OccurrenceStatus.PLANNED: "Due; its audience is about to be frozen.",
    OccurrenceStatus.RUNNING: "The audience is frozen and is being messaged.",
    OccurrenceStatus.FINISHED: "Every contact of the audience has an outcome that stays.",
    OccurrenceStatus.MISSED: "It came due later than the grace allows, and did not run.",
    OccurrenceStatus.SKIPPED: "The occurrence before it was still running.",
    OccurrenceStatus.CANCELLED: "Taken back before it ran.",
}
_KINDS = {
    "refusal": "Refusals: nothing leaves for this contact",
    "hold": "Holds: it leaves later, or is tried again",
    "failure": "Failures: it was tried",
    "doubt": "Doubts: nobody knows yet",
    "occurrence": "Occurrences that did not run",
}


def outcomes_page() -> str:
    """Statuses, outcomes and reasons, in English and Chinese."""
    lines = head(
        "Statuses, outcomes and reasons",
        "Words in code style are stored, counted and answered by the API; they do not change.",
        "",
        "## Statuses of a campaign",
    )
    lines += table(
        ("status", "English", "中文", "possible then"),
        (
            (
                f"`{status}`",
                label_of(status),
                label_of(status, "zh"),
                ", ".join(f"`{action}`" for action in ALLOWED_ACTIONS[status]),
            )
            for status in CampaignStatus
        ),
    )
    lines += table(
        ("from", "event", "to"),
        (
            (f"`{before}`" if before else "", f"`{event}`", f"`{after}`")
            for (before, event), after in TRANSITIONS.items()
        ),
    )
    lines += ["", "## Statuses of an occurrence"]
    lines += table(
        ("status", "meaning"), ((f"`{each}`", _OCCURRENCES[each]) for each in OccurrenceStatus)
    )
    lines += [
        "",
        "## Outcomes of a contact",
        "",
        "Every contact of an occurrence's audience has exactly one; they add up:",
        "audience = pending + accepted + held + skipped + failed + in doubt.",
    ]
    lines += table(("outcome", "meaning"), ((f"`{each}`", _OUTCOMES[each]) for each in Outcome))
    for kind, title in _KINDS.items():
        lines += ["", f"## {title}"]
        lines += table(
            ("reason", "English", "中文"),
            (
                (f"`{reason.code}`", reason.en, reason.zh)
                for reason in REASONS.values()
                if reason.kind == kind
            ),
        )
    return page(lines)
