"""The rules of the house that no other tool checks: words, sizes, rooms, clocks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "clarion"
PYTHON_FILES = sorted(SOURCE.rglob("*.py"))
SQL_FILES = sorted(SOURCE.rglob("*.sql"))
LINE_LIMIT = 400
FILES_TO_READ = [
    *PYTHON_FILES,
    *sorted((ROOT / "src" / "clarion" / "store" / "queries").rglob("*.sql")),
    *(path for room in ("tests", "bench", "docs") for path in sorted((ROOT / room).rglob("*.py"))),
    *sorted(ROOT.glob("console/*.py")),
    *(
        path
        for ending in ("ts", "tsx")
        for path in sorted((ROOT / "console" / "src").rglob(f"*.{ending}"))
    ),
]

# A thing has one word; these are other words for it, or words that say nothing.
SAY_INSTEAD = {
    "activity": "campaign",
    "activities": "campaigns",
    "blast": "campaign",
    "broadcast": "campaign",
    "journey": "flow",
    "subscriber": "contact",
    "subscribers": "contacts",
    "urn": "address",
    "urns": "addresses",
    "recipient_list": "group",
    "mailing_list": "group",
    "contact_list": "group",
    "execution": "occurrence",
    "utils": "the noun it is about",
    "util": "the noun it is about",
    "helpers": "the noun it is about",
    "helper": "what it does",
    "misc": "the noun it is about",
}
# What comes from outside keeps its own words where it is translated.
ROOMS_WITH_FOREIGN_WORDS = ("cams", "channels/simulator", "channels/whatsapp")

PURE_ROOMS = ("domain", "schedule", "flow")
CLOCKS_AND_DICE = re.compile(
    r"\b(?:datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.monotonic|time\.sleep|"
    r"random\.(?!Random\b)\w+|uuid\.uuid\w+|(?<!\{ )secrets\.\w+|os\.urandom|os\.environ|os\.getenv)\b"
)


def defined_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The names that a module gives to things of its own, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno


def wrong_words(name: str) -> list[str]:
    """The words in a name (``RecipientList``, ``recipient_list``) that have a better one."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")
    return [word for word in SAY_INSTEAD if f"_{word}_" in f"_{snake}_"]


def has_foreign_words(path: Path) -> bool:
    return path.relative_to(SOURCE).as_posix().startswith(ROOMS_WITH_FOREIGN_WORDS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RecipientList", ["recipient_list"]),
        ("load_activities", ["activities"]),
        ("_utils", ["utils"]),
        ("return_value", []),
        ("activity_of", ["activity"]),
    ],
)
def test_the_glossary_finds_words_in_names(name: str, words: list[str]) -> None:
    assert wrong_words(name) == words


def test_one_thing_has_one_word_in_the_code() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}: say {SAY_INSTEAD[word]!r}"
        for path in PYTHON_FILES
        if not has_foreign_words(path)
        for name, line in [
            (path.stem, 1),
            (path.parent.name, 1),
            *defined_names(ast.parse(path.read_text(encoding="utf-8"))),
        ]
        for word in wrong_words(name)
    ]
    assert found == []


def test_one_thing_has_one_word_in_the_database() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {name}: say {SAY_INSTEAD[word]!r}"
        for path in SQL_FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for name in re.findall(r"[a-z_]\w*", line.partition("--")[0])
        if not name.startswith("pg_")  # PostgreSQL's own names
        for word in wrong_words(name)
    ]
    assert found == []


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in FILES_TO_READ
    }
    # Written by a program from openapi.json, and read by none but the compiler.
    del lengths["console/src/api/schema.d.ts"]
    assert {name: count for name, count in lengths.items() if count > LINE_LIMIT} == {}


def test_the_pure_rooms_are_told_the_time_and_the_dice() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} {match[0]}: let it come in as an argument"
        for room in PURE_ROOMS
        for path in sorted((SOURCE / room).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := CLOCKS_AND_DICE.search(line.partition("#")[0]))
    ]
    assert found == []


def test_every_room_has_its_place_in_the_order_of_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    placed = {name for layer in layers for name in re.findall(r"clarion\.(\w+)", layer)}
    rooms = {path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}
    outside = {"__init__", "__main__", "__pycache__", "py", "_console"}
    assert {room for room in rooms - placed - outside if not room.startswith(".")} == set()


def test_every_module_tells_its_theory() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PYTHON_FILES
        if path.name != "__init__.py"
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
