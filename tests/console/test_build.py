"""What the console takes from the server is up to date, its pure parts work, and it is light."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from types import ModuleType

import pytest
from tests.console.conftest import CONSOLE

from clarion.web.console import FOLDER

FIRST_PAGE_BYTES = 350_000


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"console_{name}", CONSOLE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = loaded("generate")


@pytest.mark.parametrize("name", generate.FILES)
def test_what_comes_from_the_server_is_up_to_date(name: str) -> None:
    wanted = generate.text_of(generate.FILES[name]())
    assert (CONSOLE / name).read_text("utf-8") == wanted, "run `make console`"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CONSOLE / "run.py"), script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_types_are_those_of_the_document(built_console: None) -> None:
    done = run("openapi", "--", "--check")
    assert done.returncode == 0, done.stdout + done.stderr + "run `make console`"


def test_the_pure_parts_work(built_console: None) -> None:
    done = run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests\D+[1-9]\d* passed", re.sub(r"\x1b\[[\d;]*m", "", done.stdout))


def test_nothing_is_built_twice(built_console: None) -> None:
    assert loaded("build").build(has_checks=True) is False


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((CONSOLE / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    exact = json.loads((CONSOLE / "package.json").read_text("utf-8"))
    versions = {**exact["dependencies"], **exact["devDependencies"]}
    assert [name for name, version in versions.items() if not version[0].isdigit()] == []


def imported_at_once(name: str, seen: set[str]) -> set[str]:
    """The files that a browser loads for this one before it runs; lazy ones are not among them."""
    if name in seen:
        return seen
    seen.add(name)
    text = (FOLDER / "assets" / name).read_text("utf-8")
    for other in re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', text):
        imported_at_once(other, seen)
    return seen


def test_the_first_page_is_light(built_console: None) -> None:
    page = (FOLDER / "index.html").read_text("utf-8")
    entry = re.search(r'src="/console/assets/([\w.-]+\.js)"', page)
    assert entry is not None
    lazy = [path.name for path in (FOLDER / "assets").glob("*.js")]
    first = {
        *imported_at_once(entry[1], set()),
        *(name for name in lazy if re.match(r"(en|en_US|Home)-", name)),
        *re.findall(r'href="/console/assets/([\w.-]+\.css)"', page),
        *(path.name for path in (FOLDER / "assets").glob("Home-*.css")),
    }
    for name in tuple(first):
        if name.endswith(".js"):
            imported_at_once(name, first - {name})
            first |= imported_at_once(name, set())
    size = sum((FOLDER / "assets" / f"{name}.gz").stat().st_size for name in first)
    print(f"first page: {size / 1000:.0f} kB gzipped in {len(first)} files")  # noqa: T201 - a measure
    assert size < FIRST_PAGE_BYTES, f"{size} bytes in {sorted(first)}"
