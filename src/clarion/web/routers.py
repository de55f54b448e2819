"""The routers of the REST API, one a noun, in the order of the documentation."""

from __future__ import annotations

from fastapi import APIRouter

from clarion.web.audit import routes as audit
from clarion.web.bindings import routes as bindings
from clarion.web.bulk_actions import routes as bulk_actions
from clarion.web.campaigns import routes as campaigns
from clarion.web.contacts import routes as contacts
from clarion.web.conversations import routes as conversations
from clarion.web.dry_runs import routes as dry_runs
from clarion.web.flows import routes as flows
from clarion.web.flows import version_routes as flow_versions
from clarion.web.groups import routes as groups
from clarion.web.home import routes as home
from clarion.web.imports import routes as imports
from clarion.web.keys import routes as keys
from clarion.web.live import routes as live
from clarion.web.messages import routes as messages
from clarion.web.messages import sends
from clarion.web.nodes import routes as nodes
from clarion.web.occurrences import routes as occurrences
from clarion.web.secrets import routes as secrets
from clarion.web.senders import routes as senders
from clarion.web.sessions import routes as sessions
from clarion.web.sign_ins import routes as sign_ins
from clarion.web.simulator import routes as simulator
from clarion.web.starts import routes as starts
from clarion.web.system import routes as system
from clarion.web.templates import routes as templates
from clarion.web.uploads import routes as uploads
from clarion.web.users import routes as users
from clarion.web.webhook_endpoints import routes as webhook_endpoints
from clarion.web.workspaces import routes as workspaces

__all__ = ["ROUTERS"]

ROUTERS: tuple[APIRouter, ...] = (
    sign_ins.router,
    home.router,
    workspaces.router,
    users.router,
    keys.router,
    secrets.router,
    senders.router,
    simulator.router,
    templates.router,
    contacts.router,
    groups.router,
    imports.router,
    bulk_actions.router,
    uploads.router,
    flows.router,
    flow_versions.router,
    starts.router,
    bindings.router,
    campaigns.router,
    dry_runs.router,
    occurrences.router,
    nodes.router,
    sessions.router,
    messages.router,
    sends.router,
    conversations.router,
    webhook_endpoints.router,
    audit.router,
    system.router,
    live.router,
)
