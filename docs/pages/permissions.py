"""Which permission each route needs, read from the code.

Theory of operation.  Services say ``scope.require(Permission.RUN_CAMPAIGNS)`` at their beginning, and
routes call services.  So the permissions of a route are those that stand in the source of the
functions that it names, and of those that they name, two steps deep.  Nothing is run.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

from fastapi import FastAPI

from clarion.domain.identity import Permission
from clarion.web.openapi import operations_of
from clarion.web.routers import ROUTERS

__all__ = ["permissions_of"]

_DEPTH = 3
_OURS = "clarion."


def permissions_of(api: FastAPI) -> Mapping[str, tuple[str, ...]]:
    """The permissions of each operation, by operation id, in the order of ``Permission``."""
    names = {operation["operationId"] for _, _, operation in operations_of(api.openapi())}
    endpoints = {
        route.operation_id: route.endpoint  # type: ignore[attr-defined]
        for router in ROUTERS
        for route in router.routes
        if getattr(route, "operation_id", None) in names
    }
    return {name: _ordered(_required(endpoint, _DEPTH)) for name, endpoint in endpoints.items()}


def _ordered(found: set[str]) -> tuple[str, ...]:
    """Weakest first; reading is said only where nothing more is needed."""
    if len(found) > 1:
        found = found - {"READ"}
    return tuple(each.value for each in Permission if each.name in found)


def _required(function: Callable[..., Any], depth: int) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Permission"
    }
    if depth:
        for called in _called(tree, function):
            found |= _required(called, depth - 1)
    return found


def _called(tree: ast.AST, function: Callable[..., Any]) -> Iterator[FunctionType]:
    """The functions of ours that a function names."""
    names: Mapping[str, Any] = getattr(inspect.unwrap(function), "__globals__", {})
    for node in ast.walk(tree):
        target: Any = None
        if isinstance(node, ast.Name):
            target = names.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = names.get(node.value.id)
            target = getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
        if (
            isinstance(target, FunctionType)
            and target.__module__.startswith(_OURS)
            and target is not function
        ):
            yield inspect.unwrap(target)  # type: ignore[misc]
