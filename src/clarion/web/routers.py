"""The routers of the REST API, one a noun, in the order of the documentation."""

from __future__ import annotations

from fastapi import APIRouter

from clarion.web.audit import routes as audit
from clarion.web.keys import routes as keys
from clarion.web.sign_ins import routes as sign_ins
from clarion.web.users import routes as users
from clarion.web.workspaces import routes as workspaces

__all__ = ["ROUTERS"]

ROUTERS: tuple[APIRouter, ...] = (
    sign_ins.router,
    workspaces.router,
    users.router,
    keys.router,
    audit.router,
)
