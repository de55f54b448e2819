"""``reference/cli.md``: every command, argument and option, from the Typer application."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main
from docs.pages.frame import head, page, table

from clarion.cli import command_line

__all__ = ["command_line_page", "commands_of"]


def command_line_page() -> str:
    """All commands in the order of ``clarion --help``."""
    root = typer.main.get_command(command_line())
    lines = head(
        "Commands",
        "`clarion COMMAND --help` says the same. Data goes to standard output, everything else to",
        "standard error. With `--json` standard output holds one JSON document and nothing else; its",
        "shapes are those of the [REST API](rest.md). The exit code is 0 for done, 1 for refused or",
        "failed, 2 for a wrong use of the command, 130 when interrupted.",
        "",
        "Options of `clarion` itself stand before the command: `clarion --data-dir DIR doctor`.",
    )
    lines += table(("option", "default", "meaning"), _options(root))
    for path, command in commands_of(root):
        lines += ["", f"## `clarion {' '.join(path)}`", "", _text(command)]
        usage = " ".join((*path, *(_argument(each) for each in _arguments(command)), "[OPTIONS]"))
        lines += ["", f"    clarion {usage}"]
        lines += table(
            ("argument", "needed", "meaning"),
            (
                (f"`{_argument(each)}`", "yes" if each.required else "no", _help(each))
                for each in _arguments(command)
            ),
        )
        lines += table(("option", "default", "meaning"), _options(command))
    return page(lines)


def commands_of(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its words."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, each in inner.items():
        yield from commands_of(each, (*path, name))


def _text(command: Any) -> str:
    return " ".join((command.help or "").split())


def _help(parameter: Any) -> str:
    return getattr(parameter, "help", None) or ""


def _arguments(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def _argument(parameter: Any) -> str:
    return (parameter.metavar or parameter.name or "").upper()


def _options(command: Any) -> Iterator[tuple[str, str, str]]:
    for each in command.params:
        if each.param_type_name == "option" and each.name not in _SHELL:
            yield f"`{'`, `'.join(each.opts)}`{_takes(each)}", _default(each), _help(each)


# Typer's own options of the root.
_SHELL = frozenset({"install_completion", "show_completion", "help"})


def _takes(option: Any) -> str:
    """What a value of the option looks like; nothing for a switch."""
    annotation = option.type_descriptor.annotation
    if annotation is bool:
        return ""
    words = _word_of(annotation)
    bounds = "" if option.min is None and option.max is None else f" ({option.min} to {option.max})"
    return f" {words}{bounds}"


_WORDS: dict[Any, str] = {str: "text", int: "whole number", float: "number", Path: "path"}


def _word_of(annotation: Any) -> str:
    if annotation in _WORDS:
        return _WORDS[annotation]
    if get_origin(annotation) is list:
        return f"{_word_of(get_args(annotation)[0])}, may be repeated"
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    return str(getattr(annotation, "__name__", annotation))


def _default(option: Any) -> str:
    if option.required:
        return "needed"
    if getattr(option, "prompt", None):
        return "asked for"
    value = option.default
    if value is None or value is False or value == "" or callable(value):
        return ""
    return f"`{getattr(value, 'value', value)}`"
