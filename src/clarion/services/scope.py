"""Who asks, for which workspace, and when: the first argument of every service.

Theory of operation.  A service is what a person may ask for (create a campaign, import a file).
The web, the CAMS endpoint and the command line all call the same functions with a ``Scope``; no
service reads a clock or guesses a workspace.  ``Scope.require`` is the one place where a role is
tested.  Services run inside the transaction of the connection that they are given; whoever opened
it commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clarion.domain.identity import Permission, Role, check_permission

__all__ = ["Actor", "Scope"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in user, a key, a command at the server's shell, or the system itself."""

    kind: Literal["user", "key", "command", "system"]
    name: str
    role: Role
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """One request's frame.  ``now`` is aware UTC."""

    workspace_id: int
    actor: Actor
    now: datetime

    def require(self, permission: Permission) -> None:
        """Raise ``ClarionError("access.forbidden")`` unless the actor's role has the permission."""
        check_permission(self.actor.role, permission)
