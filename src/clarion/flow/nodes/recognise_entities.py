"""Find phone numbers, e-mail addresses, dates and numbers inside a text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.entities import (
    ENTITY_KINDS,
    MAX_ENTITIES,
    DateOrder,
    EntityKind,
    Reading,
    entities_of,
)
from clarion.flow.nodes.config import Config, CountryCode, LongText, VariableName
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "RecogniseEntitiesConfig"]

_FOUND = Leave("found")
_NOT_FOUND = Leave("not_found")
_LIST_NAMES = {
    "phone_number": "phone_numbers",
    "email_address": "email_addresses",
    "date": "dates",
    "number": "numbers",
}


class RecogniseEntitiesConfig(Config):
    """What to read, what to look for, and where to keep it."""

    input: Annotated[LongText, Field(description="What to read, e.g. `{{ reply.text }}`.")]
    entities: Annotated[
        tuple[EntityKind, ...],
        Field(min_length=1, max_length=4, description="What to look for; without it, everything."),
    ] = ENTITY_KINDS
    save_as: Annotated[
        VariableName,
        Field(
            description="A variable that takes what was found: `.phone_number`, `.email_address`, "
            "`.date` and `.number` are the first of each, `.phone_numbers` and so on are lists."
        ),
    ] = "entities"
    country: Annotated[
        CountryCode | None,
        Field(description="The country of phone numbers that do not begin with `+`."),
    ] = None
    date_order: Annotated[
        DateOrder, Field(description="How `3/4/2026` is meant; `2026-04-03` is always understood.")
    ] = "day_first"


def _run(node: Node[RecogniseEntitiesConfig], state: State) -> Result:
    config = node.config
    found = entities_of(
        state.render(config.input), config.entities, Reading(config.country, config.date_order)
    )
    value: dict[str, str | list[str]] = {}
    for kind, texts in found.items():
        value[kind] = texts[0] if texts else ""
        value[_LIST_NAMES[kind]] = list(texts)
    state.set_variable(config.save_as, value)
    return _FOUND if any(found.values()) else _NOT_FOUND


KIND = NodeKind(
    name="recognise_entities",
    title="Recognise entities in a text",
    summary="Looks for phone numbers, e-mail addresses, dates and numbers in a text, at most "
    f"{MAX_ENTITIES} of each. They come out in one form: `+8613012345678`, `2026-05-01`, `1234.50`. "
    "The digits of one are not found again as another.",
    config=RecogniseEntitiesConfig,
    run=_run,
    example={
        "id": "find_address",
        "kind": "recognise_entities",
        "config": {
            "input": "{{ reply.text }}",
            "entities": ["email_address", "phone_number"],
            "save_as": "told",
            "country": "CN",
        },
        "exits": {"found": "thanks", "not_found": "ask_again"},
    },
    exits=lambda _config: (Exit("found"), Exit("not_found")),
    exit_meanings={
        "found": "At least one was found.",
        "not_found": "None was.",
    },
    writes=lambda config: (config.save_as,),
)
