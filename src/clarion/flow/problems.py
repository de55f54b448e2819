"""How problems of a flow are written: the places, the words, and what to change.

A place (``where``) of a node begins with ``nodes.<id>``; ids have no dots, so a screen can find
its node with ``node_id_of``.  ``PROBLEM_CODES`` is the registry of all codes: each has a golden case
in ``tests/cases/flow/broken``, and stands in the reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from clarion.domain.errors import Problem

__all__ = [
    "PROBLEM_CODES",
    "error",
    "node_id_of",
    "problems_of_config",
    "shown",
    "unknown_fields",
    "warning",
]

# What to change, by the kind of mistake in a config; the codes that have a row are codes of ours.
_CONFIG_FIXES: Mapping[str, str] = MappingProxyType(
    {
        "liquid_syntax": "Mend the braces, e.g. `{{ contact.name }}`.",
        "text_too_long": "Shorten it.",
        "text_empty": "Write a text, or remove the field.",
        "bad_pattern": "Write a pattern that RE2 knows (no look-around, no back-references).",
        "bad_name": "Choose another name.",
        "reserved_name": "Choose another name.",
        "bad_path": "Write e.g. `incomingMessage` or `contact.attributes.city`.",
        "too_many_buttons": "Keep three buttons, or send a list.",
        "too_many_rows": "Keep ten rows over all sections.",
        "duplicate_button": "Give each button an id of its own.",
        "duplicate_row": "Give each row an id of its own.",
        "duplicate_exit": "Give each branch an exit name of its own.",
        "one_content": "Keep exactly one form of the message.",
        "media_source": "Keep one of the two.",
        "value_missing": "Give it a `value`.",
        "unknown_fallback": "Name a parameter: `1`, a placeholder's name, `header`, `button:0`.",
        "nested_too_deep": "Use fewer groups.",
        "caption_not_allowed": "Remove the caption.",
        "header_without_buttons": "Add a button, or remove header and footer.",
        "section_without_title": "Give each section a title.",
        "duration_too_long": "Wait at most 90 days.",
        "bad_zone": "Write an IANA zone such as `Asia/Shanghai`, or `workspace`, or `contact`.",
        "bad_range": "Name both ends of a time of day, days of the week, or dates in their order.",
        "shares_not_whole": "Change the shares so that they are 100 together.",
        "nothing_to_update": "Name what shall change.",
        "group_twice": "Keep it in one of the two lists.",
        "bad_attribute": "Choose another name.",
        "reserved_attribute": "Use the node's own field for it, or choose another name.",
        "moment_missing": "Add `time`, perhaps with a `weekday`, or `date`.",
        "moment_twice": "Keep one of the two.",
        "foreign_field": "Remove it.",
        "choices_missing": "Add `choices`.",
        "pattern_missing": "Add `pattern`.",
        "bounds_crossed": "Exchange the two.",
        "retry_without_expect": "Add `expect`, or remove `max_retries` and `retry_message`.",
        "secret_changed": "Write `{{ secrets.name }}` by itself.",
        "secret_not_here": "Remove it, or set a variable.",
        "card_button": "Keep one of the two.",
        "card_bare": "Add a picture, a `subtitle` or buttons, or send a `text`.",
        "replies_without_text": "Add a `text`, or remove the quick replies.",
        "button_without_text": "Add a `text`, or remove the button.",
        "viber_empty": "Write a `text`, or give an `image`.",
        "transaction_is_text": "Remove them, or choose `marketing`.",
        "letter_empty": "Write a `text`.",
        "bad_url": "Write e.g. `https://shop.example.com/orders/{{ order }}`.",
        "bad_json": "Mend the brackets, commas and quotes; holes between quotes are texts.",
        "body_form": "Keep one of `fields` and `text`.",
        "body_not_allowed": "Remove the body, or choose another method.",
        "header_not_allowed": "Remove the header.",
        "bad_answer_path": "Write e.g. `order.items[0].price`.",
        "function_form": "Keep one of `function` and `url`.",
        "signature_missing": "Name the secret that both sides know.",
        "retries_missing": "Add `max_retries`, or remove `retry_message`.",
    }
)
_OTHER = ("config_invalid", "{message}.", "See the reference of the node kind.")
_PYDANTIC_WORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "extra_forbidden": ("unknown_field", "There is no such field.", "Remove it."),
        "missing": ("config_missing", "The field is missing.", "Add it."),
        "too_short": (
            "config_invalid",
            "There are too few; {min_length} is the least.",
            "Add one.",
        ),
        "too_long": (
            "config_invalid",
            "There are too many; {max_length} is the most.",
            "Remove some.",
        ),
        "greater_than_equal": ("config_invalid", "{ge} is the least.", "Write a greater number."),
        "less_than_equal": ("config_invalid", "{le} is the most.", "Write a smaller number."),
        "model_type": ("config_invalid", "This is not an object.", "Write `{…}`."),
        "dict_type": ("config_invalid", "This is not an object.", "Write `{…}`."),
        "tuple_type": ("config_invalid", "This is not a list.", "Write `[…]`."),
        "literal_error": ("config_invalid", "It must be {expected}.", "Choose one of these."),
        "date_from_datetime_parsing": (
            "config_invalid",
            "This is no date.",
            "Write a day that there is, as `2026-05-01`.",
        ),
        "string_type": ("config_invalid", "This is not a text.", "Write it in quotes."),
    }
)


# What to change, by the kind of mistake in a flow as a whole.
_FLOW_FIXES: Mapping[str, str] = MappingProxyType(
    {
        "bad_exits": "Write `{…}`, each exit with the id of a node.",
        "bad_input": "Give each input a name of its own, and say only what an input has.",
        "bad_node": "Write each node as `{…}`.",
        "bad_node_id": "Name it by letters, digits, `_`, `#`, `:` and `-`, at most 64.",
        "bad_position": "Write `{x, y}` in numbers, or remove it.",
        "bad_test": "Begin each test with the start of the flow, and name it once.",
        "bad_text": "Write a text of the length that is allowed.",
        "bad_trigger": "Write `{kind: …}`.",
        "conditions_without_message": "Remove the conditions, or choose a trigger that hears messages.",
        "duplicate_id": "Give each node an id of its own.",
        "endless_loop": "Put a wait into the loop, or go back with a `jump`, which has a limit.",
        "exit_to_note": "Lead the way to another node.",
        "exit_to_nowhere": "Name a node that there is.",
        "flow_too_large": "Cut it into several flows.",
        "flow_unknown": "Publish the flow that is meant, or correct its name.",
        "group_unknown": "Make the group, or correct its name.",
        "message_unknown": "Name a node of this flow that sends.",
        "missing_exit": "Lead the exit to a node.",
        "newer_schema": "Upgrade this server, or export the flow in the older format.",
        "no_nodes": "Add `nodes`, with a `start`.",
        "no_start": "Add one node `start` of the kind `start`.",
        "not_json": "Mend the file.",
        "not_object": "Write `{…}`.",
        "secret_unknown": "Set the secret, or correct its name.",
        "sender_missing": "Set up a sender of this channel, or lead `no_sender` another way.",
        "template_button": "Give the template's buttons what they need.",
        "template_category": "Choose a template of another category, or mind its rules.",
        "template_header": "Give the template's header what it needs.",
        "template_not_approved": "Wait for the approval, or choose another template.",
        "template_parameters": "Give a value for each placeholder of the template.",
        "template_unknown": "Synchronise the templates, or correct the name.",
        "test_failed": "Mend the flow, or what the test expects.",
        "undeclared_variable": "Declare it as an input, or set it in a node before.",
        "unknown_exit": "Remove it, or choose an exit that the node has.",
        "unknown_kind": "Choose a kind of the reference.",
        "unknown_schema": "Write `clarion.flow/1`.",
        "unknown_trigger": "Choose a trigger of the reference.",
        "unreachable_node": "Connect an exit to it, or remove it.",
        "window_closed": "Send a template here, or wait for a reply first.",
    }
)
PROBLEM_CODES: Mapping[str, str] = MappingProxyType(
    dict(
        sorted(
            {
                **{code: fix for code, _, fix in (*_PYDANTIC_WORDS.values(), _OTHER)},
                "config_missing": "Add the field.",
                "config_invalid": "Write a value that the field takes.",
                **_CONFIG_FIXES,
                **_FLOW_FIXES,
            }.items()
        )
    )
)
"""Every code of a problem, with what to change about it in general."""


def error(code: str, where: str, message: str, fix: str) -> Problem:
    """A problem that keeps a flow from being published."""
    return Problem(code, "error", where, message, fix)


def warning(code: str, where: str, message: str, fix: str) -> Problem:
    """A problem that an author should look at."""
    return Problem(code, "warning", where, message, fix)


def node_id_of(problem: Problem) -> str | None:
    """The id of the node that a problem is about, if it is about one."""
    parts = problem.where.split(".", 2)
    return parts[1] if len(parts) > 1 and parts[0] == "nodes" else None


def problems_of_config(failure: ValidationError, where: str) -> Iterator[Problem]:
    """One problem a field, from what pydantic found.

    A place is reported once, and not at all when something inside it is: a list that lost its one
    entry to a mistake is not also too short.
    """
    found = {
        ".".join((where, *_steps(each["loc"]))): each
        for each in reversed(failure.errors(include_url=False, include_input=False))
    }
    for place, each in reversed(found.items()):
        if not any(other.startswith(f"{place}.") for other in found):
            yield _config_problem(each["type"], place, each)


def _config_problem(kind: str, place: str, each: Mapping[str, Any]) -> Problem:
    if kind in _CONFIG_FIXES:
        return error(kind, place, f"{each['msg']}.", _CONFIG_FIXES[kind])
    code, told, fix = _PYDANTIC_WORDS.get(kind, _OTHER)
    message = told.format(message=each["msg"], **each.get("ctx", {}))
    return error(code, place, message, fix)


def _steps(location: tuple[int | str, ...]) -> Iterator[str]:
    """The steps that an author would see; the forms of a value are named in brackets."""
    return (str(step) for step in location if not str(step).startswith(("(", "[")))


def unknown_fields(
    data: Mapping[Any, Any], known: frozenset[str], prefix: str
) -> Iterator[Problem]:
    """A problem for each field that is not among the known ones."""
    for key in data:
        if key not in known:
            fix = f"Remove it; known are {', '.join(sorted(known))}."
            yield error("unknown_field", f"{prefix}{key}", f"There is no field `{key}`.", fix)


def shown(value: object) -> str:
    """A value as it is quoted in a message; ``None`` is a field that is missing."""
    if value is None:
        return "missing"
    text = str(value)
    return f"`{text}`" if len(text) <= 40 else f"`{text[:40]}…`"
