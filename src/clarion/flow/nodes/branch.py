"""Choose a way by what is known: the first branch whose rules fit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from clarion.flow.expressions import Expression, text_of
from clarion.flow.nodes.config import Config, Rendered, VariablePath
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.operators import OPERATORS, Operator, PatternError, compile_pattern
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "Branch", "BranchConfig", "Group", "Rule"]

_ELSE = Leave("else")
_MAX_DEPTH = 5

_OperatorName = Literal[
    "dateEquals",
    "dateGreaterThan",
    "dateLessThan",
    "numberEquals",
    "numberGreaterThan",
    "numberLessThan",
    "stringContains",
    "stringEquals",
    "stringStartsWith",
    "stringIsBlank",
    "stringIsNotBlank",
    "stringEntireMatchesRegex",
    "stringAnyMatchesRegex",
    "numberGreaterOrEqual",
    "numberLessOrEqual",
    "inList",
    "listContains",
]


class Rule(Config):
    """A variable, an operator, a value."""

    variable: VariablePath
    operator: _OperatorName
    value: Annotated[Expression, Rendered(4096, is_empty_allowed=True)] = Field(
        default_factory=lambda: Expression("")
    )
    is_negated: Annotated[bool, Field(description="The opposite counts.")] = False
    is_case_insensitive: Annotated[bool, Field(description="Upper and lower case are alike.")] = (
        False
    )

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse a pattern that RE2 cannot read, and an operator without its value."""
        operator = OPERATORS[self.operator]
        if operator.needs_value and not self.value.source:
            raise PydanticCustomError(
                "value_missing",
                "The operator `{operator}` needs a value",
                {"operator": self.operator},
            )
        if operator.is_pattern and self.value.is_literal:
            try:
                _ = self.pattern
            except PatternError as error:
                raise PydanticCustomError(
                    "bad_pattern", "This is not a valid pattern: {reason}", {"reason": str(error)}
                ) from error
        return self

    @cached_property
    def pattern(self) -> Any:
        """The compiled pattern of a value without holes."""
        return compile_pattern(self.value.source, is_case_insensitive=self.is_case_insensitive)

    def is_met(self, state: State) -> bool:
        """Whether the rule fits now."""
        operator = OPERATORS[self.operator]
        variable = state.value_of(self.variable)
        if operator.is_pattern:
            is_met = self._fits_pattern(text_of(variable), state)
        elif operator.is_of_list:
            entries = variable if isinstance(variable, list | tuple) else ()
            is_met = any(self._fits(operator, text_of(entry), state) for entry in entries)
        else:
            is_met = self._fits(operator, text_of(variable), state)
        return is_met is not self.is_negated

    def _fits(self, operator: Operator, text: str, state: State) -> bool:
        value = state.render(self.value)
        if self.is_case_insensitive:
            text, value = text.casefold(), value.casefold()
        return operator.test(text, value, state.context.workspace_zone)

    def _fits_pattern(self, text: str, state: State) -> bool:
        limit = state.limits.max_pattern_chars
        if len(text) > limit:
            raise NodeFailed(
                "pattern_text_too_long",
                f"A pattern looks at {limit} characters at most; the text has {len(text)}.",
            )
        if self.value.is_literal:
            pattern = self.pattern
        else:
            source = state.render(self.value)
            try:
                pattern = compile_pattern(source, is_case_insensitive=self.is_case_insensitive)
            except PatternError as error:
                raise NodeFailed("bad_pattern", f"`{source}` is not a pattern: {error}") from error
        if self.operator == "stringEntireMatchesRegex":
            return pattern.fullmatch(text) is not None
        return pattern.search(text) is not None


def _form_of(value: object) -> str:
    """Which of the two a part of a group is, so that mistakes are told of that one alone."""
    is_group = isinstance(value, Group) or (isinstance(value, Mapping) and "rules" in value)
    return "(group)" if is_group else "(rule)"


_Part = Annotated[
    Annotated[Rule, Tag("(rule)")] | Annotated["Group", Tag("(group)")], Discriminator(_form_of)
]


class Group(Config):
    """Rules, and groups of rules, joined by `all` (and) or `any` (or)."""

    match: Literal["all", "any"] = "all"
    rules: Annotated[tuple[_Part, ...], Field(min_length=1, max_length=50)]

    def is_met(self, state: State) -> bool:
        """Whether all, or any, of the parts fit now; looks no further than needed."""
        if self.match == "all":
            return all(rule.is_met(state) for rule in self.rules)
        return any(rule.is_met(state) for rule in self.rules)

    @property
    def depth(self) -> int:
        """How many groups lie inside one another here, this one included."""
        return 1 + max((rule.depth for rule in self.rules if isinstance(rule, Group)), default=0)


class Branch(Group):
    """A way out, and when it is taken."""

    exit: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_ .:#-]{1,64}$", description="The name of the exit; not `else`."
        ),
    ]


class BranchConfig(Config):
    """The branches, tried from the top; the first that fits is taken."""

    branches: Annotated[tuple[Branch, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse exits of the same name, and groups without end."""
        names = [branch.exit for branch in self.branches]
        if len({*names, "else"}) != len(names) + 1:
            raise PydanticCustomError(
                "duplicate_exit", "Each branch needs an exit name of its own, and not `else`"
            )
        if any(branch.depth > _MAX_DEPTH for branch in self.branches):
            raise PydanticCustomError(
                "nested_too_deep", "Groups of rules lie at most 5 deep inside one another"
            )
        return self

    @cached_property
    def ways(self) -> tuple[tuple[Branch, Leave], ...]:
        """Each branch with its result, made once."""
        return tuple((branch, Leave(branch.exit)) for branch in self.branches)


def _run(node: Node[BranchConfig], state: State) -> Result:
    for branch, way in node.config.ways:
        if branch.is_met(state):
            return way
    return _ELSE


def _exits(config: BranchConfig) -> tuple[Exit, ...]:
    return (
        *(Exit(branch.exit) for branch in config.branches),
        Exit("else", is_required=False),
    )


KIND = NodeKind(
    name="branch",
    title="Branch by conditions",
    summary="Tries the branches from the top and leaves by the first whose rules fit. A rule "
    "compares a variable with a value; rules and groups of rules are joined by `all` or `any`. "
    "A rule about something that is not a number, or not a date, does not fit. A contact's attributes are "
    "`contact.attributes.city`; consent is `contact.consents.whatsapp` (`opted_in`, `opted_out`, or "
    "empty), and `listContains` looks into `contact.groups`.",
    config=BranchConfig,
    run=_run,
    example={
        "id": "how_many",
        "kind": "branch",
        "config": {
            "branches": [
                {
                    "exit": "good",
                    "match": "any",
                    "rules": [
                        {
                            "variable": "score",
                            "operator": "numberGreaterOrEqual",
                            "value": "4",
                        },
                        {
                            "variable": "reply.text",
                            "operator": "stringContains",
                            "value": "great",
                            "is_case_insensitive": True,
                        },
                    ],
                }
            ]
        },
        "exits": {"good": "thanks", "else": "sorry"},
    },
    exits=_exits,
    exit_meanings={
        "<exit of a branch>": "The first branch whose rules fit.",
        "else": "No branch fits.",
    },
)
