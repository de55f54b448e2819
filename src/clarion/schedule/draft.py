"""The whole check of a campaign's draft: its fields, and that its plan ever fires."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from clarion.domain.campaign import CampaignDraft, validate
from clarion.domain.errors import ClarionError, FieldError
from clarion.schedule.ticks import Period, next_tick

__all__ = ["check_draft", "draft_errors"]


def draft_errors(
    draft: CampaignDraft, now: datetime, zone: ZoneInfo, before: CampaignDraft | None = None
) -> tuple[FieldError, ...]:
    """What is wrong with a draft; empty if nothing is.

    The rules of ``clarion.domain.campaign.validate``, and: the plan has at least one tick in the
    period that is still to come.  ``before`` is the campaign so far, when it is modified.
    """
    errors = validate(draft, now, before)
    if any(error.path in ("start_at", "end_at") for error in errors):
        return errors
    after = None if draft.start_at > now else now
    if next_tick(draft.plan, Period(draft.start_at, draft.end_at), after, zone) is None:
        never = FieldError("plan", "never_fires", "The plan does not fire between start and end.")
        return (*errors, never)
    return errors


def check_draft(
    draft: CampaignDraft, now: datetime, zone: ZoneInfo, before: CampaignDraft | None = None
) -> CampaignDraft:
    """The tidied draft; ``ClarionError("campaign.invalid")`` if ``draft_errors`` finds anything."""
    errors = draft_errors(draft, now, zone, before)
    if errors:
        raise ClarionError(
            "campaign.invalid",
            f"The campaign is not valid: {errors[0].message}",
            field_errors=errors,
        )
    return draft.tidied()
