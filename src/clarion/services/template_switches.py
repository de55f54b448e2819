"""What people switch at a template: its sending, and whether it is put away.

Theory of operation.  The provider decides whether a template may be sent; people may stop it besides.
A template that is stopped or archived is sent to nobody: the last look before each send withholds it,
its campaigns in progress are suspended with the reason shown, and checks and dry runs tell it.  One
switch acts later: sending stops by itself when the provider turns a utility template into a
marketing one, which costs more and needs another consent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.engine.provider_facts import suspend_campaigns_of_template
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.services.templates import QUERIES, Template, read_template
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["TemplateSwitches", "switch_template"]

OUTBOX = load("outbox")
_STOPPED = frozenset({"stopped", "archived"})


@dataclass(frozen=True, slots=True)
class TemplateSwitches:
    """What shall be; None: as it is."""

    is_sending_allowed: bool | None = None
    is_stopped_as_marketing: bool | None = None
    is_archived: bool | None = None


async def switch_template(
    connection: Connection, scope: Scope, template_id: int, wanted: TemplateSwitches
) -> Template:
    """Switch one language of a template.

    Raises ``template.not_found``, ``request.invalid`` (nothing is to be switched).
    """
    scope.require(Permission.MANAGE_SENDERS)
    switches = {name: value for name, value in asdict(wanted).items() if value is not None}
    if not switches:
        raise ClarionError("request.invalid", f"Name one of {', '.join(asdict(wanted))}.")
    before = await read_template(connection, scope, template_id)
    sending_status = await QUERIES.fetchval(
        connection,
        "switch_template",
        workspace_id=scope.workspace_id,
        template_id=template_id,
        now=scope.now,
        **asdict(wanted),
    )
    if sending_status in _STOPPED and before.sending_status not in _STOPPED:
        await OUTBOX.execute(connection, "raise_control_epoch")
        await suspend_campaigns_of_template(
            connection, scope.workspace_id, before.name, before.language, sending_status, scope.now
        )
    details = {"name": before.name, "language": before.language, **switches}
    await audit.record(connection, scope, "switched", "template", template_id, details)
    return await read_template(connection, scope, template_id)
