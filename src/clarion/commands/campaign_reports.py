"""Looking into campaigns at the shell: occurrences, their people, one person, and live progress."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from clarion.commands.output import AsJson, print_facts, print_json, print_table, run, shown
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.campaign import Outcome, label_of
from clarion.reports.explain import explain_participant
from clarion.reports.progress import CampaignProgress, progress_of
from clarion.services import campaigns, occurrences
from clarion.services.occurrences import ParticipantFilter
from clarion.services.workspaces import read_workspace
from clarion.web.campaigns.schemas import ProgressAnswer
from clarion.web.occurrences.schemas import (
    ExplanationAnswer,
    OccurrenceAnswer,
    ParticipantAnswer,
    occurrence_answer,
    participant_answer,
)

__all__ = ["campaign_explain", "campaign_occurrences", "campaign_people", "campaign_watch"]

BAR_WIDTH = 20

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many.")]
OneOccurrence = Annotated[int, typer.Argument(metavar="OCCURRENCE", min=1, help="Its id.")]


def campaign_occurrences(
    campaign: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name or id.")],
    limit: LimitOption = 50,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the occurrences of a campaign, the newest first."""

    async def work() -> list[OccurrenceAnswer]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await campaigns.campaign_named(connection, desk.scope, campaign)
            rows = await occurrences.list_occurrences(
                connection, desk.scope, found.id, below_id=None, limit=limit
            )
            language = (await read_workspace(connection, desk.scope)).language
            return [occurrence_answer(row, language) for row in rows]

    found = run(work())
    if as_json:
        print_json({"items": found})
        return
    rows = [
        {
            "id": each.id,
            "scheduled": each.scheduled_at,
            "status": each.status,
            "reason": each.reason_in_words,
            "audience": each.counts.audience_count,
            "accepted": each.counts.accepted_count,
            "delivered": each.counts.delivered_count,
            "read": each.counts.read_count,
            "skipped": each.counts.skipped_count,
            "failed": each.counts.failed_count,
            "in doubt": each.counts.in_doubt_count,
        }
        for each in found
    ]
    print_table(rows, nothing="It has not come to an occurrence yet.")


def campaign_people(
    occurrence: OneOccurrence,
    outcome: Annotated[Outcome | None, typer.Option("--outcome")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="A reason's code.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="A part of name or phone.")] = None,
    limit: LimitOption = 100,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the people of an occurrence, each with an outcome and a reason."""

    async def work() -> list[ParticipantAnswer]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            rows = await occurrences.list_participants(
                connection,
                desk.scope,
                occurrence,
                ParticipantFilter(outcome, reason, text),
                above_id=None,
                limit=limit,
            )
            language = (await read_workspace(connection, desk.scope)).language
            return [participant_answer(row, language) for row in rows]

    found = run(work())
    if as_json:
        print_json({"items": found})
        return
    rows = [
        {
            "contact": each.contact_id,
            "name": each.name,
            "phone": each.phone,
            "outcome": each.outcome,
            "reason": each.reason_in_words,
            "delivered": each.delivered_at,
            "read": each.read_at,
            "replied": each.replied_at,
        }
        for each in found
    ]
    print_table(rows, nothing="Nobody fits.")


def campaign_explain(
    occurrence: OneOccurrence,
    contact: Annotated[int, typer.Argument(metavar="CONTACT", min=1, help="The contact's id.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Tell why a person did, or did not, get the message."""

    async def work() -> ExplanationAnswer:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await explain_participant(
                connection, desk.scope.workspace_id, occurrence, contact, desk.scope.now
            )
            return ExplanationAnswer.model_validate(found)

    found = run(work())
    if as_json:
        print_json(found)
        return
    print_facts(
        {
            "campaign": found.campaign_name,
            "contact": found.contact_name,
            "phone": found.contact_phone,
            "outcome": found.outcome,
            "reason": found.reason_in_words,
        }
    )
    rows = [{"at": fact.at, "what": fact.text, "detail": fact.detail} for fact in found.facts]
    print_table(rows, nothing="Nothing happened.")


def campaign_watch(
    campaign: Annotated[
        list[str] | None, typer.Argument(metavar="[CAMPAIGN]...", help="Names or ids; else all.")
    ] = None,
    interval_seconds: Annotated[
        float, typer.Option("--interval", min=0.1, max=60, help="Seconds between two looks.")
    ] = 0.5,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Show live how far campaigns are, until Ctrl-C; with --json: one look."""
    try:
        run(_watch(campaign or [], interval_seconds, workspace, as_json=as_json))
    except KeyboardInterrupt:
        return


async def _watch(
    names: Sequence[str], interval_seconds: float, workspace: str | None, *, as_json: bool
) -> None:
    async with open_desk(workspace) as desk:
        pool, scope = desk.place.pool, desk.scope
        async with desk.transaction() as connection:
            found = [await campaigns.campaign_named(connection, scope, name) for name in names]
        wanted = [each.id for each in found] or None

        async def look() -> list[CampaignProgress]:
            async with pool.acquire() as connection:
                return await progress_of(connection, scope.workspace_id, desk.place.clock(), wanted)

        if as_json:
            rows = await look()
            print_json({"items": [ProgressAnswer.model_validate(row) for row in rows]})
            return
        console = Console()
        with Live(console=console, auto_refresh=False) as live:
            while True:
                live.update(_progress_table(await look(), console.width), refresh=True)
                await asyncio.sleep(interval_seconds)


_Cell = Callable[[CampaignProgress], str]
# Header, whether it is shown on a wide screen only, and what stands in a row.
_COLUMNS: tuple[tuple[str, bool, _Cell], ...] = (
    ("campaign", False, lambda row: escape(row.name)),
    ("status", True, lambda row: label_of(row.status)),
    ("", True, lambda row: _bar(row.done_share)),
    ("done", False, lambda row: f"{row.done_share:.0%}"),
    ("audience", True, lambda row: f"{row.audience_count:,}"),
    ("accepted", False, lambda row: f"{row.accepted_count:,}"),
    ("delivered", False, lambda row: f"{row.delivered_count:,}"),
    ("read", False, lambda row: f"{row.read_count:,}"),
    ("replied", False, lambda row: f"{row.replied_count:,}"),
    ("skipped", True, lambda row: f"{row.skipped_count:,}"),
    ("failed", False, lambda row: f"{row.failed_count:,}"),
    ("in doubt", True, lambda row: f"{row.in_doubt_count:,}"),
    ("held", True, lambda row: f"{row.held_count:,}"),
    ("per s", False, lambda row: f"{row.rate_per_second:,.1f}"),
    ("left", False, lambda row: shown(row.eta_seconds and _duration(row.eta_seconds))),
)
_TEXTS = ("campaign", "status", "")
WIDE_SCREEN = 140


def _progress_table(rows: Sequence[CampaignProgress], width: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    columns = [column for column in _COLUMNS if width >= WIDE_SCREEN or not column[1]]
    for name, _, _ in columns:
        table.add_column(name, justify="left" if name in _TEXTS else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(cell(row) for _, _, cell in columns))
    if not rows:
        table.add_row("No campaign has run yet.")
    return table


def _bar(share: float) -> str:
    done = round(share * BAR_WIDTH)
    return f"[green]{'━' * done}[/][dim]{'─' * (BAR_WIDTH - done)}[/]"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
