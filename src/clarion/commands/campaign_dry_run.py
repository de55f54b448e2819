"""``clarion campaign dry-run``: who would get what, when, and who would not and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress

from clarion.commands.moments import MOMENT_HELP, read_moment
from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.services import campaigns
from clarion.services.dry_run_exports import export_people, message_in_words
from clarion.services.dry_run_work import run_dry_run
from clarion.services.dry_runs import (
    DryRunPerson,
    PeopleFilter,
    ask_dry_run,
    list_people,
    previous_dry_run,
    read_dry_run,
)
from clarion.services.flow_limits import limits_of
from clarion.services.workspaces import read_workspace
from clarion.web.dry_runs.schemas import (
    DryRunAnswer,
    DryRunPersonAnswer,
    dry_run_answer,
    person_answer,
)

__all__ = ["campaign_dry_run"]


def campaign_dry_run(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name or id.")],
    occurrence: Annotated[
        str | None, typer.Option("--occurrence", help=f"Which: {MOMENT_HELP}; the next by default.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="List people with this reason's code only.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the people to this CSV file.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, max=100_000, help="List so many people.")
    ] = 10,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Tell who would get what and when, and who would not and why; nothing is sent."""

    async def work() -> tuple[DryRunAnswer, list[DryRunPerson], list[DryRunPersonAnswer]]:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await campaigns.campaign_named(connection, desk.scope, campaign)
                entered = await read_workspace(connection, desk.scope)
                at = occurrence and read_moment(
                    occurrence, "occurrence", desk.scope.now, ZoneInfo(entered.zone)
                )
                asked = await ask_dry_run(
                    connection,
                    desk.scope,
                    campaign_id=found.id,
                    scheduled_at=at or None,
                    is_deferred=False,
                )
            with _progress_bar(is_shown=not as_json) as progress:
                await run_dry_run(
                    desk.place.pool,
                    asked.id,
                    clock=desk.place.clock,
                    progress=progress,
                    limits=limits_of(desk.place.settings),
                )
            wanted = PeopleFilter(reason=reason)
            async with desk.transaction() as connection:
                done = await read_dry_run(connection, desk.scope, asked.id)
                previous = await previous_dry_run(connection, desk.scope, done)
                people = await list_people(connection, desk.scope, done.id, wanted, limit=limit)
            if done.status == "failed":
                raise ClarionError(done.reason or "server.failed", "The dry run failed.")
            if csv is not None:
                with csv.open("wb") as file:
                    async for piece in export_people(desk.place.pool, desk.scope, done.id, wanted):
                        file.write(piece)
            language = entered.language
            return (
                dry_run_answer(done, language, previous),
                people,
                [person_answer(each, language) for each in people],
            )

    answer, people, people_answers = run(work())
    if as_json:
        print_json({"dry_run": answer, "people": people_answers})
    else:
        _print(answer, people, people_answers)
    if csv is not None:
        print_note(f"The people are in {csv}.")


def _print(
    answer: DryRunAnswer, people: list[DryRunPerson], people_answers: list[DryRunPersonAnswer]
) -> None:
    summary = answer.summary
    if summary is None:
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{summary.sentence}[/]", markup=True)
    for notice in summary.notices:
        console.print(f"[yellow]![/] {notice.text}")
    console.print()
    print_table(
        [
            {
                "people": each.people_count,
                "outcome": each.outcome,
                "why": each.reason_in_words,
                "node": each.node_id,
            }
            for each in summary.reasons
        ],
        nothing="Nobody is in the audience.",
    )
    console.print()
    print_table(
        [
            {
                "sender": each.name,
                "messages": each.send_count,
                "rate": f"{each.rate_per_second:g}/s",
                "waiting": each.waiting_count,
                "first": each.first_send_at,
                "finished": each.finish_at,
            }
            for each in summary.senders
        ],
        nothing="No sender would send anything.",
    )
    console.print()
    print_table(
        [
            {
                "contact": each.contact_id,
                "name": each.name,
                "phone": each.phone,
                "outcome": each.outcome,
                "why": each.reason_in_words,
                "leaves": each.send_at,
                "message": message_in_words(person),
            }
            for person, each in zip(people, people_answers, strict=True)
        ],
        nothing="No people to list.",
    )


@contextmanager
def _progress_bar(*, is_shown: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error that moves with the people."""
    with Progress(console=Console(stderr=True), disable=not is_shown, transient=True) as bar:
        task = bar.add_task("Dry run", total=None)

        def move(done_count: int, audience_count: int) -> None:
            bar.update(task, completed=done_count, total=audience_count)

        yield move
