"""Every error of a service that a call may meet has a code on the wire."""

from __future__ import annotations

import pytest

from clarion.cams.refusals import BUSINESS_CODES, GATEWAY_CODES, refusal_of
from clarion.domain.errors import ERROR_KINDS, ClarionError, FieldError

# The nouns of the operations, and what only other ways in can meet.
NOUNS = ("campaign.", "flow.", "group.", "contact.", "template.", "sender.", "provider.")
ELSEWHERE = {"sender.name_taken", "sender.in_use", "contact.address_not_found"}


def test_every_error_that_a_call_may_meet_has_a_business_code() -> None:
    met = {code for code in ERROR_KINDS if code.startswith(NOUNS)} - ELSEWHERE
    assert met - set(BUSINESS_CODES) == set()
    assert set(BUSINESS_CODES) - set(ERROR_KINDS) == set()


@pytest.mark.parametrize("code", sorted(ERROR_KINDS))
def test_every_error_has_an_answer(code: str) -> None:
    refusal = refusal_of(ClarionError(code, "It happened."))
    assert refusal.is_business or refusal.code in GATEWAY_CODES
    assert "It happened." in refusal.message


def test_a_faulty_field_is_named() -> None:
    fault = FieldError("plan.expression", "cron_too_fine", "Too fine.")
    refusal = refusal_of(ClarionError("campaign.invalid", "Not valid.", field_errors=(fault,)))
    assert refusal.code == "Activity.CronInvalid"
    assert "plan.expression: Too fine." in refusal.message


def test_too_many_requests_are_throttled() -> None:
    refusal = refusal_of(ClarionError("request.rate_limited", "More than 100 a second."))
    assert (refusal.code, refusal.status) == ("Throttling.User", 400)
