"""Change the contact: name, language, attributes, groups, consent.

Theory of operation.  The node only says what shall change (``UpdateContact``); whoever carries out
the sprint writes it in the same transaction as the session.  The nodes that follow already see the
contact changed.  A value that cannot stand in its field is left out with a warning: a talk does not
end because somebody's name is too long.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import PydanticCustomError, core_schema

from clarion.domain.contact import (
    ATTRIBUTE_COUNT_LIMIT,
    ATTRIBUTE_NAME_LIMIT,
    FieldFault,
    check_attribute,
    check_field,
)
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.sprint import UpdateContact
from clarion.flow.state import State

__all__ = ["KIND", "UpdateContactConfig"]

_Text = Annotated[Expression, Rendered(1000)]
_TextOrNothing = Annotated[Expression, Rendered(1000, is_empty_allowed=True)]
_GroupName = Annotated[str, Field(min_length=1, max_length=60)]

# Attributes of these names would hide the contact's own fields from every flow.
_FIELD_NAMES = frozenset(
    ("id", "name", "phone", "email", "remark", "country", "language", "zone", "attributes")
)
_CONSENTS: dict[str, Literal["opted_in", "opted_out"]] = {
    "opt_in": "opted_in",
    "opt_out": "opted_out",
}


class _AttributeMark:
    """Marks a string: a name for an attribute of contacts."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            _attribute_name, core_schema.str_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": ATTRIBUTE_NAME_LIMIT}


def _attribute_name(value: str) -> str:
    if not 0 < len(value.strip()) <= ATTRIBUTE_NAME_LIMIT or value != value.strip():
        raise PydanticCustomError(
            "bad_attribute", "An attribute's name has 1 to 100 characters, none of them a margin"
        )
    if value in _FIELD_NAMES:
        raise PydanticCustomError(
            "reserved_attribute", "A contact has a field of this name; it is no attribute"
        )
    return value


_AttributeName = Annotated[str, _AttributeMark()]


class UpdateContactConfig(Config):
    """What to change; at least one thing."""

    name: Annotated[_Text | None, Field(description="The contact's name from now on.")] = None
    language: Annotated[
        _Text | None, Field(description="The contact's language: a code such as `en` or `pt_BR`.")
    ] = None
    attributes: Annotated[
        dict[_AttributeName, _TextOrNothing],
        Field(
            max_length=50,
            description="Name to text; an attribute whose text comes out empty is removed.",
        ),
    ] = Field(default_factory=dict)
    add_to_groups: Annotated[
        tuple[_GroupName, ...], Field(max_length=20, description="The names of groups to join.")
    ] = ()
    remove_from_groups: Annotated[
        tuple[_GroupName, ...],
        Field(
            max_length=20,
            description="The names of groups to leave; who is in no group then is `Ungrouped`.",
        ),
    ] = ()
    consent: Annotated[
        Literal["opt_in", "opt_out"] | None,
        Field(
            description="What the person agrees to on the channel of the session. After `opt_out` "
            "nothing more leaves, not even what was just said, and the session ends at its next wait."
        ),
    ] = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse a node that changes nothing, and one that adds to what it removes from."""
        if not any(
            (
                self.name,
                self.language,
                self.attributes,
                self.add_to_groups,
                self.remove_from_groups,
                self.consent,
            )
        ):
            raise PydanticCustomError("nothing_to_update", "The node changes nothing")
        both = set(self.add_to_groups).intersection(self.remove_from_groups)
        if both:
            raise PydanticCustomError(
                "group_twice",
                "The group `{group}` is both joined and left",
                {"group": min(both)},
            )
        return self


def _run(node: Node[UpdateContactConfig], state: State) -> Result:
    config = node.config
    attributes: dict[str, str] = {}
    removed: list[str] = []
    known = set(state.context.contact.attributes)
    for name, text in config.attributes.items():
        value = state.render(text)
        if not value.strip():
            removed.append(name)
        elif len(known | {name}) > ATTRIBUTE_COUNT_LIMIT:
            state.warn(
                "contact_field_invalid", f"`{name}`: the contact has too many attributes already."
            )
        elif (kept := _kept(state, name, check_attribute(name, value))) is not None:
            attributes[name] = kept
            known.add(name)
    state.update_contact(
        UpdateContact(
            node.id,
            _field(state, "name", config.name),
            _field(state, "language", config.language),
            attributes,
            tuple(removed),
            config.add_to_groups,
            config.remove_from_groups,
            None if config.consent is None else _CONSENTS[config.consent],
            None if config.consent is None else state.context.channel,
        )
    )
    return NEXT


def _field(state: State, name: str, text: Expression | None) -> str | None:
    """What a field becomes; ``None`` leaves it as it is."""
    value = "" if text is None else state.render(text).strip()
    return _kept(state, name, check_field(name, value)) if value else None


def _kept(state: State, name: str, checked: str | FieldFault) -> str | None:
    if isinstance(checked, str):
        return checked
    state.warn("contact_field_invalid", f"`{name}` stays as it is: {checked.message}")
    return None


KIND = NodeKind(
    name="update_contact",
    title="Update the contact",
    summary="Changes the contact for good: name, language, attributes, groups, consent. The nodes "
    "that follow see the contact changed. A value that does not fit its field is left out, with a "
    "warning. Joining a group never brings a person into an occurrence that has begun: its audience "
    "is frozen.",
    config=UpdateContactConfig,
    run=_run,
    example={
        "id": "remember",
        "kind": "update_contact",
        "config": {
            "attributes": {"favourite": "{{ reply.text }}"},
            "add_to_groups": ["Regulars"],
            "remove_from_groups": ["New"],
        },
        "exits": {"next": "done"},
    },
)
