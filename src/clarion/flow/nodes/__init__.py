"""The table of node kinds: one module each, one row each.

A new kind is a new module with a ``KIND``, a row here, cases in ``tests/cases/flow/nodes`` and
nothing else: schema, checks, reference and engine read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from clarion.flow.nodes import (
    branch,
    end,
    jump,
    send_whatsapp_message,
    send_whatsapp_template,
    set_variables,
    start,
    wait,
    wait_for_reply,
)
from clarion.flow.nodes.kind import NodeKind

__all__ = ["NODE_KINDS"]

NODE_KINDS: Mapping[str, NodeKind[Any]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            start.KIND,
            send_whatsapp_template.KIND,
            send_whatsapp_message.KIND,
            wait_for_reply.KIND,
            branch.KIND,
            set_variables.KIND,
            wait.KIND,
            jump.KIND,
            end.KIND,
        )
    }
)
