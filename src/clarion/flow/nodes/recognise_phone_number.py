"""Read a text as a phone number: calling code, country, and the one form that everybody understands."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from clarion.domain.phone import Phone, parse_phone
from clarion.flow.nodes.config import Config, CountryCode, LongText, VariableName
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "RecognisePhoneNumberConfig"]

_RECOGNISED = Leave("recognised")
_NOT_RECOGNISED = Leave("not_recognised")
# Chat apps write numbers in international form without the `+`.
_INTERNATIONAL = re.compile(r"[1-9][0-9]{6,14}")


class RecognisePhoneNumberConfig(Config):
    """What to read, and where to keep what was found."""

    input: Annotated[LongText, Field(description="What to read, e.g. `{{ reply.text }}`.")]
    country: Annotated[
        CountryCode | None,
        Field(description="The country of a number that does not begin with `+`."),
    ] = None
    number_as: Annotated[
        VariableName, Field(description="A variable that takes the number in E.164 form.")
    ] = "phone_number"
    calling_code_as: Annotated[
        VariableName, Field(description="A variable that takes the calling code, without `+`.")
    ] = "calling_code"
    country_as: Annotated[
        VariableName, Field(description="A variable that takes the ISO code of the country.")
    ] = "country_code"

    @property
    def names(self) -> tuple[str, str, str]:
        """The variables that are set."""
        return self.number_as, self.calling_code_as, self.country_as


def _run(node: Node[RecognisePhoneNumberConfig], state: State) -> Result:
    config = node.config
    text = state.render(config.input).strip()
    if config.country is None and _INTERNATIONAL.fullmatch(text):
        text = f"+{text}"
    found = parse_phone(text, config.country)
    values = ("", "", "")
    if isinstance(found, Phone):
        values = (found.e164, str(found.calling_code), found.country)
    for name, value in zip(config.names, values, strict=True):
        state.set_variable(name, value)
    return _RECOGNISED if isinstance(found, Phone) else _NOT_RECOGNISED


KIND = NodeKind(
    name="recognise_phone_number",
    title="Recognise a phone number",
    summary="Reads a text as a phone number and takes it apart: `8613012345678` has "
    "the calling code `86` and the country `CN`. Without `country` the number must be in "
    "international form, with or without `+`. When it is none, the variables are empty.",
    config=RecognisePhoneNumberConfig,
    run=_run,
    example={
        "id": "read_number",
        "kind": "recognise_phone_number",
        "config": {"input": "{{ reply.text }}", "country": "CN"},
        "exits": {"recognised": "call", "not_recognised": "ask_again"},
    },
    exits=lambda _config: (Exit("recognised"), Exit("not_recognised")),
    exit_meanings={
        "recognised": "The text is a valid number.",
        "not_recognised": "It is not.",
    },
    writes=lambda config: config.names,
)
