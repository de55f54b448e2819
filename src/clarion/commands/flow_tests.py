"""``clarion flow test``: run the tests that stand in a flow file or in the draft of a flow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

import typer

from clarion.commands.flow_play import read_flow_file
from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.flow.definition import parse_flow
from clarion.flow.run_tests import TestReport, run_tests
from clarion.services import flows
from clarion.services.plays import run_flow_tests
from clarion.web.flows.test_schemas import TestsAnswer

__all__ = ["flow_test", "junit_of"]


def flow_test(
    flow: Annotated[
        str, typer.Argument(metavar="FILE|FLOW", help="A flow file, or a flow's name or id.")
    ],
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit report to this file.")] = None,
    *,
    shows_exits: Annotated[
        bool, typer.Option("--exits", help="List the exits that no test walks.")
    ] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Run the tests of a flow; a file needs no server.  Exit code 1 when one fails."""
    path = Path(flow)
    is_file = path.is_file()

    async def work() -> TestReport:
        if is_file:
            return run_tests(parse_flow(read_flow_file(path)))
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await flows.flow_named(connection, desk.scope, flow)
            return await run_flow_tests(connection, desk.scope, flow_id=found.id)

    report = run(work())
    if junit is not None:
        junit.write_text(junit_of(flow, report), encoding="utf-8")
    if as_json:
        print_json(TestsAnswer.of(report))
    else:
        _print(report, shows_exits=shows_exits)
    if report.failed:
        raise typer.Exit(1)


def _print(report: TestReport, *, shows_exits: bool) -> None:
    print_table(
        [
            {
                "test": result.name,
                "result": "passed" if result.has_passed else "failed",
                "turn": None if result.has_passed else result.mismatches[0].turn,
                "what": None if result.has_passed else result.mismatches[0].what,
                "expected": None if result.has_passed else str(result.mismatches[0].expected),
                "found": None if result.has_passed else str(result.mismatches[0].found),
            }
            for result in report.results
        ],
        nothing="The flow has no tests: `clarion flow play`, then /save NAME, makes one.",
    )
    coverage = report.coverage
    print_note(
        f"{len(report.results) - len(report.failed)} of {len(report.results)} passed; walked "
        f"{coverage.walked_node_count} of {coverage.node_count} nodes, "
        f"{coverage.walked_exit_count} of {coverage.exit_count} exits."
    )
    if shows_exits:
        print_table(
            [
                {"node": each.node_id, "exit": each.exit}
                for each in coverage.exits
                if not each.is_walked
            ],
            nothing="Every exit is walked.",
        )


def junit_of(name: str, report: TestReport) -> str:
    """The results as a JUnit XML document."""
    suite = ElementTree.Element(
        "testsuite",
        name=name,
        tests=str(len(report.results)),
        failures=str(len(report.failed)),
        errors="0",
        skipped="0",
    )
    for result in report.results:
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=result.name)
        for mismatch in result.mismatches:
            failure = ElementTree.SubElement(
                case, "failure", message=f"turn {mismatch.turn}, {mismatch.what}"
            )
            failure.text = f"expected {mismatch.expected}\nfound    {mismatch.found}"
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"
