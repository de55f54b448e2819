"""People and keys: the four roles of a workspace and what each may do.

Theory of operation.  A role is a row of permissions; each role has all that the one before it has.
Every route, command and compatible action names the one permission that it needs, and ``allows``
answers.  Nothing asks for a role by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from clarion.domain.errors import ClarionError

__all__ = ["PERMISSIONS", "Permission", "Role", "allows", "check_permission"]


class Role(StrEnum):
    """What a person or a key is in a workspace, weakest first."""

    VIEWER = "viewer"
    AUTHOR = "author"
    PUBLISHER = "publisher"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that may be allowed."""

    READ = "read"
    EDIT_AUDIENCE = "edit_audience"  # contacts, groups, segments, imports, consent
    EDIT_FLOWS = "edit_flows"  # drafts, and the simulator
    EDIT_CAMPAIGNS = "edit_campaigns"  # drafts of campaigns, dry runs
    REPLY = "reply"  # answer a contact by hand
    PUBLISH_FLOWS = "publish_flows"
    RUN_CAMPAIGNS = (
        "run_campaigns"  # create, modify, suspend, resume, delete: what makes messages leave
    )
    MANAGE_SENDERS = "manage_senders"  # senders, pools, templates
    MANAGE_PEOPLE = "manage_people"  # users, roles, keys
    MANAGE_SETTINGS = "manage_settings"


_P = Permission
_VIEWER = frozenset({_P.READ})
_AUTHOR = _VIEWER | {_P.EDIT_AUDIENCE, _P.EDIT_FLOWS, _P.EDIT_CAMPAIGNS, _P.REPLY}
_PUBLISHER = _AUTHOR | {_P.PUBLISH_FLOWS, _P.RUN_CAMPAIGNS}
_ADMIN = _PUBLISHER | {_P.MANAGE_SENDERS, _P.MANAGE_PEOPLE, _P.MANAGE_SETTINGS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.AUTHOR: _AUTHOR,
        Role.PUBLISHER: _PUBLISHER,
        Role.ADMIN: _ADMIN,
    }
)


def allows(role: Role, permission: Permission) -> bool:
    """Whether the role has the permission."""
    return permission in PERMISSIONS[role]


def check_permission(role: Role, permission: Permission) -> None:
    """Nothing, if the role has the permission; else ``ClarionError("access.forbidden")``.

    The error's details name the ``permission``, the ``role``, and the ``roles`` that would do.
    """
    if allows(role, permission):
        return
    sufficient = [each.value for each in Role if allows(each, permission)]
    raise ClarionError(
        "access.forbidden",
        f"The role {role} does not include {permission}; {' or '.join(sufficient)} does.",
        role=role.value,
        permission=permission.value,
        roles=sufficient,
    )
