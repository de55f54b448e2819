"""A campaign: what people may set, and its life as tables.

Theory of operation.  A campaign is in one of four statuses.  What a person may ask for in each
stands in ``ALLOWED_ACTIONS``; what moves it from one to another stands in ``TRANSITIONS``.  Both are
read by the REST API, the compatible API, the command line and the console, so no caller decides by
itself.  An action that the status forbids is refused by ``check_action`` with an error that names
the status and what is possible.

``validate`` looks at a draft field by field and returns what is wrong as values.  Whether the plan
has a tick in the period needs the workspace's zone and is asked one room higher
(``clarion.schedule.draft``), together with these rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.plan import Plan

__all__ = [
    "ALLOWED_ACTIONS",
    "LABELS",
    "MAX_DESCRIPTION_LENGTH",
    "MAX_GRACE_SECONDS",
    "MAX_NAME_LENGTH",
    "TRANSITIONS",
    "CampaignAction",
    "CampaignDraft",
    "CampaignEvent",
    "CampaignStatus",
    "DoubtPolicy",
    "Language",
    "OccurrenceStatus",
    "Outcome",
    "Overlap",
    "Reentry",
    "ZoneMode",
    "allowed_actions",
    "check_action",
    "label_of",
    "next_status",
    "status_after",
    "validate",
]

MAX_NAME_LENGTH = 60
MAX_DESCRIPTION_LENGTH = 90
MAX_GRACE_SECONDS = 7 * 24 * 3600
_LAST_YEAR = 2999

Language = Literal["en", "zh"]


class CampaignStatus(StrEnum):
    """Where a campaign is in its life."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    ENDED = "ended"


class OccurrenceStatus(StrEnum):
    """Where one planned firing of a campaign is."""

    QUEUED = "queued"  # due, but the occurrence before it still runs
    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    MISSED = "missed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of one contact of an occurrence's snapshot.

    These add up: eligible = accepted + held + skipped + failed + in doubt + pending.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    HELD = "held"
    SKIPPED = "skipped"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Overlap(StrEnum):
    """What a tick does while the occurrence before it is still running."""

    SKIP = "skip"
    QUEUE = "queue"
    PARALLEL = "parallel"


class Reentry(StrEnum):
    """What happens to a contact who is still inside a session of the same flow."""

    RESTART = "restart"
    SKIP = "skip"
    PARALLEL = "parallel"


class DoubtPolicy(StrEnum):
    """What to do about a send whose fate no receipt has settled in time."""

    AT_MOST_ONCE = "at_most_once"
    AT_LEAST_ONCE = "at_least_once"


class ZoneMode(StrEnum):
    """Whose clock the plan names: the workspace's, or each contact's own."""

    WORKSPACE = "workspace"
    CONTACT = "contact"


class CampaignAction(StrEnum):
    """What a person may ask of a campaign that exists."""

    VIEW = "view"
    MODIFY = "modify"
    SUSPEND = "suspend"
    RESUME = "resume"
    DELETE = "delete"
    DUPLICATE = "duplicate"
    DRY_RUN = "dry_run"


class CampaignEvent(StrEnum):
    """What moves a campaign from one status to another."""

    CREATED = "created"
    STARTED = "started"  # its start came
    SUSPENDED = "suspended"
    RESUMED_NOW = "resumed_now"
    RESUMED_LATER = "resumed_later"  # suspended, and given a new start
    ENDED = "ended"  # its end came


_S, _A, _E = CampaignStatus, CampaignAction, CampaignEvent

ALLOWED_ACTIONS: Mapping[CampaignStatus, tuple[CampaignAction, ...]] = MappingProxyType(
    {
        _S.PENDING: (_A.VIEW, _A.MODIFY, _A.DELETE, _A.DUPLICATE, _A.DRY_RUN),
        _S.IN_PROGRESS: (_A.VIEW, _A.SUSPEND, _A.DUPLICATE, _A.DRY_RUN),
        _S.SUSPENDED: (
            _A.VIEW,
            _A.MODIFY,
            _A.RESUME,
            _A.DELETE,
            _A.DUPLICATE,
            _A.DRY_RUN,
        ),
        _S.ENDED: (_A.VIEW, _A.DELETE, _A.DUPLICATE),
    }
)

TRANSITIONS: Mapping[tuple[CampaignStatus | None, CampaignEvent], CampaignStatus] = (
    MappingProxyType(
        {
            (None, _E.CREATED): _S.PENDING,
            (_S.PENDING, _E.STARTED): _S.IN_PROGRESS,
            (_S.IN_PROGRESS, _E.SUSPENDED): _S.SUSPENDED,
            (_S.SUSPENDED, _E.RESUMED_NOW): _S.IN_PROGRESS,
            (_S.SUSPENDED, _E.RESUMED_LATER): _S.PENDING,
            (_S.PENDING, _E.ENDED): _S.ENDED,
            (_S.IN_PROGRESS, _E.ENDED): _S.ENDED,
            (_S.SUSPENDED, _E.ENDED): _S.ENDED,
        }
    )
)

LABELS: Mapping[StrEnum, Mapping[Language, str]] = MappingProxyType(
    {
        _S.PENDING: {"en": "Pending Execution", "zh": "待执行"},
        _S.IN_PROGRESS: {"en": "In Progress", "zh": "执行中"},
        _S.SUSPENDED: {"en": "Suspended", "zh": "已暂停"},
        _S.ENDED: {"en": "Ended", "zh": "已结束"},
        _A.VIEW: {"en": "view", "zh": "查看"},
        _A.MODIFY: {"en": "modify", "zh": "修改"},
        _A.SUSPEND: {"en": "suspend", "zh": "暂停"},
        _A.RESUME: {"en": "resume", "zh": "恢复"},
        _A.DELETE: {"en": "delete", "zh": "删除"},
        _A.DUPLICATE: {"en": "duplicate", "zh": "复制"},
        _A.DRY_RUN: {"en": "dry run", "zh": "试运行"},
    }
)


def label_of(word: CampaignStatus | CampaignAction, language: Language = "en") -> str:
    """How a person reads a status or an action."""
    return _LABELS_BY_TYPE[type(word)][word][language]


_LABELS_BY_TYPE = {
    kind: {word: LABELS[word] for word in LABELS if isinstance(word, kind)} for kind in (_S, _A)
}


_DONE = MappingProxyType(
    {
        _A.VIEW: "viewed",
        _A.MODIFY: "modified",
        _A.SUSPEND: "suspended",
        _A.RESUME: "resumed",
        _A.DELETE: "deleted",
        _A.DUPLICATE: "duplicated",
        _A.DRY_RUN: "tried in a dry run",
    }
)


def allowed_actions(status: CampaignStatus) -> tuple[CampaignAction, ...]:
    """What a person may ask for in this status."""
    return ALLOWED_ACTIONS[status]


def check_action(status: CampaignStatus, action: CampaignAction) -> None:
    """Nothing, if the status allows the action.

    Else ``ClarionError("campaign.status_not_allowed")`` with ``status``, ``action`` and
    ``allowed_actions`` as details.
    """
    allowed = ALLOWED_ACTIONS[status]
    if action in allowed:
        return
    *others, last = (label_of(each) for each in allowed)
    raise ClarionError(
        "campaign.status_not_allowed",
        f'A campaign that is "{label_of(status)}" cannot be {_DONE[action]}; '
        f"possible now: {', '.join(others)} and {last}.",
        status=status.value,
        action=action.value,
        allowed_actions=[each.value for each in allowed],
    )


def status_after(status: CampaignStatus | None, event: CampaignEvent) -> CampaignStatus | None:
    """The status that follows, or ``None`` if the event means nothing in this status.

    ``status`` is ``None`` for a campaign that does not exist yet.
    """
    return TRANSITIONS.get((status, event))


def next_status(status: CampaignStatus | None, event: CampaignEvent) -> CampaignStatus:
    """The status that follows; ``ValueError`` (a bug) for an event that means nothing here."""
    following = status_after(status, event)
    if following is None:
        raise ValueError(f"{event} means nothing to a campaign that is {status}")
    return following


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What people may set of a campaign.

    ``start_at`` and ``end_at`` are aware; the campaign fires in [start, end).
    ``misfire_grace_seconds`` is how late a tick may still run after downtime.
    ``sender_name`` is a sender or a pool of senders, ``None`` for what the flow's nodes say.
    ``parameters`` are handed to the flow as inputs.
    """

    name: str
    flow_id: int
    include_group_ids: tuple[int, ...]
    start_at: datetime
    end_at: datetime
    plan: Plan
    description: str = ""
    exclude_group_ids: tuple[int, ...] = ()
    zone_mode: ZoneMode = ZoneMode.WORKSPACE
    misfire_grace_seconds: int = 900
    overlap: Overlap = Overlap.SKIP
    reentry: Reentry = Reentry.RESTART
    doubt_policy: DoubtPolicy = DoubtPolicy.AT_MOST_ONCE
    sender_name: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def tidied(self) -> CampaignDraft:
        """The same draft as it is stored: texts trimmed, groups without repetition, in order."""
        return replace(
            self,
            name=self.name.strip(),
            description=self.description.strip(),
            include_group_ids=tuple(dict.fromkeys(self.include_group_ids)),
            exclude_group_ids=tuple(dict.fromkeys(self.exclude_group_ids)),
            sender_name=(self.sender_name or "").strip() or None,
        )


def validate(
    draft: CampaignDraft, now: datetime, before: CampaignDraft | None = None
) -> tuple[FieldError, ...]:
    """What is wrong with a draft, field by field; empty if nothing is.

    ``before`` is what the campaign says so far when it is modified or resumed: a start that does
    not change is not held against the clock (a suspended campaign's start lies in the past).
    """
    tidy = draft.tidied()
    return _text_errors(tidy) + _audience_errors(tidy) + _time_errors(tidy, now, before)


def _text_errors(draft: CampaignDraft) -> tuple[FieldError, ...]:
    errors = []
    if not draft.name:
        errors.append(FieldError("name", "required", "A campaign needs a name."))
    for path, text, limit in (
        ("name", draft.name, MAX_NAME_LENGTH),
        ("description", draft.description, MAX_DESCRIPTION_LENGTH),
    ):
        if len(text) > limit:
            errors.append(
                FieldError(path, "too_long", f"At most {limit} characters; this has {len(text)}.")
            )
        if "\x00" in text:
            errors.append(FieldError(path, "not_text", "The character NUL cannot be stored."))
    errors.extend(
        FieldError(
            f"parameters.{name}", "not_a_name", "The name of a parameter is a text, not empty."
        )
        for name in draft.parameters
        if not isinstance(name, str) or not name.strip()
    )
    return tuple(errors)


def _audience_errors(draft: CampaignDraft) -> tuple[FieldError, ...]:
    if not draft.include_group_ids:
        return (FieldError("include_group_ids", "required", "Choose at least one group."),)
    if set(draft.include_group_ids) <= set(draft.exclude_group_ids):
        return (
            FieldError(
                "exclude_group_ids", "excludes_all", "Every chosen group is excluded as well."
            ),
        )
    return ()


def _time_errors(
    draft: CampaignDraft, now: datetime, before: CampaignDraft | None
) -> tuple[FieldError, ...]:
    naive = tuple(
        FieldError(path, "no_zone", "The time needs a zone (an offset, or Z).")
        for path, at in (("start_at", draft.start_at), ("end_at", draft.end_at))
        if at.tzinfo is None
    )
    if naive:
        return naive
    errors = []
    if (before is None or draft.start_at != before.start_at) and draft.start_at <= now:
        errors.append(FieldError("start_at", "in_the_past", "The start must be later than now."))
    if draft.end_at <= draft.start_at:
        errors.append(
            FieldError("end_at", "not_after_start", "The end must be later than the start.")
        )
    elif (before is None or draft.end_at != before.end_at) and draft.end_at <= now:
        errors.append(FieldError("end_at", "in_the_past", "The end must be later than now."))
    if draft.end_at.year > _LAST_YEAR:
        errors.append(
            FieldError("end_at", "too_late", f"The end must be in the year {_LAST_YEAR} or before.")
        )
    if not 0 <= draft.misfire_grace_seconds <= MAX_GRACE_SECONDS:
        errors.append(
            FieldError(
                "misfire_grace_seconds",
                "out_of_range",
                f"The grace is 0 to {MAX_GRACE_SECONDS} seconds.",
            )
        )
    return tuple(errors)
