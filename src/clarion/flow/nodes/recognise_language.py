"""Tell in which language a text is written."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from clarion.flow.languages import language_of
from clarion.flow.nodes.config import Config, LongText, VariableName
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "RecogniseLanguageConfig"]

_RECOGNISED = Leave("recognised")
_NOT_RECOGNISED = Leave("not_recognised")


class RecogniseLanguageConfig(Config):
    """What to read, how sure to be, and where to keep the answer."""

    input: Annotated[LongText, Field(description="What to read, e.g. `{{ reply.text }}`.")]
    save_as: Annotated[
        VariableName,
        Field(description="A variable that takes the code of the language, such as `en` or `zh`."),
    ] = "language"
    minimum_percent: Annotated[
        int,
        Field(ge=0, le=100, description="How sure the model must be; short texts make it unsure."),
    ] = 40


def _run(node: Node[RecogniseLanguageConfig], state: State) -> Result:
    config = node.config
    found = language_of(state.render(config.input))
    is_sure = found is not None and found.percent >= config.minimum_percent
    state.set_variable(config.save_as, found.code if found is not None and is_sure else "")
    return _RECOGNISED if is_sure else _NOT_RECOGNISED


KIND = NodeKind(
    name="recognise_language",
    title="Recognise the language of a text",
    summary="Tells the language of a text by a small model that runs inside Clarion; nothing is "
    "sent anywhere. It knows 176 languages; a word or two are often not enough for it. When it is "
    "not sure, the variable is empty.",
    config=RecogniseLanguageConfig,
    run=_run,
    example={
        "id": "which_language",
        "kind": "recognise_language",
        "config": {"input": "{{ reply.text }}", "save_as": "spoken"},
        "exits": {"recognised": "by_language", "not_recognised": "in_english"},
    },
    exits=lambda _config: (Exit("recognised"), Exit("not_recognised")),
    exit_meanings={
        "recognised": "The model is sure enough.",
        "not_recognised": "It is not, or the text has no letters.",
    },
    writes=lambda config: (config.save_as,),
)
