"""Choose a way by lot, and always the same way for the same person.

Theory of operation.  There is no die: the contact's id and the node's id, hashed, are a point between
0 and 100, and the branches share that line out.  So a repeated session goes the same way, a dry run
tells the truth, and a comparison of two ways stays clean.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.flow.nodes.config import Config
from clarion.flow.nodes.kind import Exit, Leave, Node, NodeKind, Result
from clarion.flow.state import State

__all__ = ["KIND", "RandomBranchConfig", "RandomWay", "point_of"]

_HASH_BITS = 64


class RandomWay(Config):
    """A way out, and its share of the people."""

    exit: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_ .:#-]{1,64}$", description="The name of the exit."),
    ]
    percent: Annotated[
        int, Field(ge=0, le=100, description="Of a hundred people, how many go this way.")
    ]


class RandomBranchConfig(Config):
    """The ways; their shares are 100 together."""

    branches: Annotated[tuple[RandomWay, ...], Field(min_length=1, max_length=20)]
    salt: Annotated[
        str,
        Field(
            max_length=64,
            description="Another text draws anew. Nodes of the same id and salt send a person the "
            "same way, in whatever flow they are.",
        ),
    ] = ""

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse exits of the same name, and shares that are not a whole."""
        if len({branch.exit for branch in self.branches}) != len(self.branches):
            raise PydanticCustomError("duplicate_exit", "Each branch needs an exit name of its own")
        total = sum(branch.percent for branch in self.branches)
        if total != 100:
            raise PydanticCustomError(
                "shares_not_whole", "The shares are {total} together, not 100", {"total": total}
            )
        return self


def point_of(contact_id: int, node_id: str, salt: str) -> int:
    """Where a person stands at a node: a whole number from 0 to 99, always the same."""
    digest = sha256(f"{contact_id}\n{node_id}\n{salt}".encode()).digest()
    return int.from_bytes(digest[: _HASH_BITS // 8], "big") * 100 >> _HASH_BITS


def _run(node: Node[RandomBranchConfig], state: State) -> Result:
    config = node.config
    left = point_of(state.context.contact.id, node.id, config.salt)
    for branch in config.branches:
        if left < branch.percent:
            return Leave(branch.exit)
        left -= branch.percent
    return Leave(config.branches[-1].exit)  # never: the shares are 100 together


KIND = NodeKind(
    name="random_branch",
    title="Random branch",
    summary="Shares people out over the branches. A person goes the same way at this node each "
    "time; with many people the shares come out as written.",
    config=RandomBranchConfig,
    run=_run,
    example={
        "id": "which_offer",
        "kind": "random_branch",
        "config": {
            "branches": [{"exit": "short", "percent": 50}, {"exit": "long", "percent": 50}],
            "salt": "spring",
        },
        "exits": {"short": "short_offer", "long": "long_offer"},
    },
    exits=lambda config: tuple(Exit(branch.exit) for branch in config.branches),
    exit_meanings={"<exit of a branch>": "The person stands in this branch's share."},
)
