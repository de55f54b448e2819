from __future__ import annotations

import ast
from pathlib import Path

import clarion.flow
from clarion.channels.whatsapp.errors import ERROR_RULES
from clarion.domain.reasons import _FLOW_ROWS, _OWN_ROWS, _PROVIDER_ROWS, REASONS, reason_in_words


def test_every_reason_has_words_in_both_languages():
    for code, reason in REASONS.items():
        assert reason.en
        assert reason.zh
        assert reason_in_words(code) == reason.en
        assert reason_in_words(code, "zh") == reason.zh


def test_a_reason_of_tomorrow_is_shown_as_its_code():
    assert reason_in_words("something_new") == "something_new"


def test_no_two_reasons_share_their_code_or_their_words():
    assert len(REASONS) == len(_OWN_ROWS) + len(_FLOW_ROWS) + len(_PROVIDER_ROWS)
    for language in ("en", "zh"):
        words = [reason_in_words(code, language) for code in REASONS]
        assert len(set(words)) == len(words)


def test_whatever_whatsapp_answers_can_be_told_to_a_person():
    assert {rule.reaction.reason for rule in ERROR_RULES.values()} <= set(REASONS)


def test_every_reason_for_which_a_session_fails_has_its_words() -> None:
    raised = {
        call.args[0].value if call.func.id == "NodeFailed" else call.args[1].value
        for path in Path(clarion.flow.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("NodeFailed", "_fail")
        and isinstance(call.args[0 if call.func.id == "NodeFailed" else 1], ast.Constant)
    }
    assert "too_many_nodes" in raised
    assert "call_failed" in raised
    assert raised <= set(REASONS)
