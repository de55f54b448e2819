"""Call a function of the workspace: its own endpoint, or Python registered on the server.

Theory of operation.  An endpoint gets a signed request (``X-Clarion-Timestamp``,
``X-Clarion-Signature``) with the arguments as JSON and answers a JSON object.  A registered function
is a Python callable that a package declares under the entry point group ``clarion.functions``; it is
given the arguments and returns a mapping.  Either way the author says which values become variables.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.flow.calls import FunctionCall
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered, VariableName
from clarion.flow.nodes.http_request import answer_of, leave_after_call, save_answer
from clarion.flow.nodes.json_path import AnswerPath
from clarion.flow.nodes.kind import Exit, Node, NodeKind, Result, Resume, Stay
from clarion.flow.state import State

__all__ = ["KIND", "CallFunctionConfig"]

_Value = Annotated[Expression, Rendered(4096, is_empty_allowed=True)]
_SecretName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]


class CallFunctionConfig(Config):
    """Which function, what it is given, what is kept of its answer."""

    function: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="The name of a function that is registered on the server (entry point group "
            "`clarion.functions`).",
        ),
    ] = None
    url: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^\s{}]{1,2000}$",
            description="The address of an endpoint of your own.",
        ),
    ] = None
    signing_secret: Annotated[
        _SecretName | None,
        Field(description="The secret of the workspace that signs the request to the endpoint."),
    ] = None
    arguments: Annotated[
        dict[VariableName, _Value],
        Field(max_length=50, description="What the function is given: name to text."),
    ] = Field(default_factory=dict)
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10
    save: Annotated[
        dict[VariableName, AnswerPath],
        Field(max_length=50, description="Variables to take from the answer: name to way."),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One function, and a signature for whatever leaves the machine."""
        if (self.function is None) == (self.url is None):
            raise PydanticCustomError("function_form", "Give either `function` or `url`")
        if self.url is not None and self.signing_secret is None:
            raise PydanticCustomError(
                "signature_missing", "A request to an endpoint needs a `signing_secret`"
            )
        return self


def _run(node: Node[CallFunctionConfig], state: State) -> Result:
    config = node.config
    contact = state.context.contact
    arguments = {
        "arguments": {name: state.render(value) for name, value in config.arguments.items()},
        "contact": {"id": contact.id, "name": contact.name, "phone": contact.phone},
    }
    request = FunctionCall(
        arguments, config.function, config.url, config.signing_secret, config.timeout_seconds
    )
    return Stay(state.start_call(request))


def _resume(node: Node[CallFunctionConfig], state: State, resume: Resume) -> Result:
    answer = answer_of(resume)
    is_saved = answer.is_success and save_answer(answer, node.config.save, state)
    return leave_after_call(node, answer, is_success=is_saved)


KIND = NodeKind(
    name="call_function",
    title="Call a function",
    summary="Calls a function: your own endpoint, with a signed JSON request, or Python code "
    "registered on the server. It is given the arguments and the contact's id, name and phone, and answers "
    "with a JSON object, from which variables are taken. [How to write one](../howto/call-functions.md).",
    config=CallFunctionConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "price",
        "kind": "call_function",
        "config": {
            "url": "https://functions.example.com/price",
            "signing_secret": "functions",
            "arguments": {"article": "{{ reply.text }}"},
            "save": {"price": "price"},
        },
        "exits": {"success": "tell", "failure": "sorry"},
    },
    exits=lambda _config: (Exit("success"), Exit("failure", is_required=False)),
    exit_meanings={
        "success": "The function answered, and the variables could be read.",
        "failure": "It did not, or not in time.",
    },
    writes=lambda config: tuple(config.save),
    secrets=lambda config: () if config.signing_secret is None else (config.signing_secret,),
)
