"""``clarion campaign``: create, list, show, modify, suspend, resume, delete, and look inside."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clarion.commands.campaign_dry_run import campaign_dry_run
from clarion.commands.campaign_options import (
    DescriptionOption,
    DoubtOption,
    EndOption,
    ExcludeOption,
    FlowOption,
    Given,
    GraceOption,
    GroupOption,
    NameOption,
    OverlapOption,
    ParameterOption,
    PlanOption,
    ReentryOption,
    SenderOption,
    StartOption,
    ZoneModeOption,
    changes_given,
    draft_given,
    zone_of,
)
from clarion.commands.campaign_reports import (
    campaign_explain,
    campaign_occurrences,
    campaign_people,
    campaign_watch,
)
from clarion.commands.moments import MOMENT_HELP, read_moment
from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import Desk, InWorkspace, open_desk
from clarion.domain.campaign import (
    CampaignStatus,
    DoubtPolicy,
    Overlap,
    Reentry,
    ZoneMode,
)
from clarion.services import campaigns, suspensions
from clarion.services.campaigns import Campaign, CampaignFilter
from clarion.services.flows import flow_named
from clarion.services.work import sizes_of
from clarion.store.pool import transaction
from clarion.web.campaigns.answers import answer_for, answers_for
from clarion.web.campaigns.schemas import CampaignAnswer, SuspensionAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Campaigns: plan them, watch them, stop them.")
MOST_CAMPAIGNS = 10_000

OneCampaign = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name or id.")]


async def _answer(desk: Desk, campaign: Campaign) -> CampaignAnswer:
    async with desk.transaction() as connection:
        return await answer_for(connection, desk.scope, campaign)


@app.command("create")
def campaign_create(
    name: Annotated[str, typer.Option("--name", help="At most 60 characters.")],
    flow: Annotated[str, typer.Option("--flow", help="The flow's name or id.")],
    group: Annotated[
        list[str], typer.Option("--group", help="A group's name or id; may be repeated.")
    ],
    start: Annotated[str, typer.Option("--start", help=f"{MOMENT_HELP} from now.")] = "now",
    end: EndOption = None,
    plan: PlanOption = "once",
    description: DescriptionOption = None,
    exclude_group: ExcludeOption = None,
    overlap: OverlapOption = Overlap.SKIP,
    reentry: ReentryOption = Reentry.RESTART,
    doubt_policy: DoubtOption = DoubtPolicy.AT_MOST_ONCE,
    grace_seconds: GraceOption = 900,
    sender: SenderOption = None,
    parameter: ParameterOption = None,
    zone_mode: ZoneModeOption = ZoneMode.WORKSPACE,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Make a campaign; it starts by itself at its start and ends by itself at its end."""
    given = Given(
        name, description, flow, group, exclude_group, start, end, plan, overlap, reentry,
        doubt_policy, grace_seconds, sender, parameter, zone_mode,
    )  # fmt: skip

    async def work() -> CampaignAnswer:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            draft = await draft_given(connection, desk.scope, given)
            made = await campaigns.create_campaign(
                connection, desk.scope, draft, mint_code=campaigns.mint_code
            )
            return await answer_for(connection, desk.scope, made)

    _print(run(work()), as_json=as_json)


@app.command("list")
def campaign_list(
    name: Annotated[str | None, typer.Option("--name", help="A part of the name.")] = None,
    status: Annotated[CampaignStatus | None, typer.Option("--status")] = None,
    flow: FlowOption = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the campaigns, the newest first."""

    async def work() -> list[CampaignAnswer]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            flow_id = None if flow is None else (await flow_named(connection, desk.scope, flow)).id
            wanted = CampaignFilter(name=name, status=status, flow_id=flow_id)
            found = await campaigns.list_campaigns(
                connection, desk.scope, wanted, limit=MOST_CAMPAIGNS
            )
            return await answers_for(connection, desk.scope, found)

    found = run(work())
    if as_json:
        print_json({"items": found})
        return
    rows = [
        {
            "id": each.id,
            "name": each.name,
            "status": each.status_label,
            "flow": each.flow_name,
            "groups": ", ".join(each.include_group_names),
            "plan": each.plan_in_words,
            "next": each.next_tick_at,
            "audience": each.counts.audience_count,
            "accepted": each.counts.accepted_count,
        }
        for each in found
    ]
    print_table(rows, nothing="No campaign yet: `clarion campaign create`.")


@app.command("show")
def campaign_show(
    campaign: OneCampaign, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Show one campaign with its numbers and what is possible now."""

    async def work() -> CampaignAnswer:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await campaigns.campaign_named(connection, desk.scope, campaign)
            return await answer_for(connection, desk.scope, found)

    _print(run(work()), as_json=as_json)


@app.command("modify")
def campaign_modify(
    campaign: OneCampaign,
    name: NameOption = None,
    description: DescriptionOption = None,
    flow: FlowOption = None,
    group: GroupOption = None,
    exclude_group: ExcludeOption = None,
    start: StartOption = None,
    end: EndOption = None,
    plan: PlanOption = None,
    overlap: OverlapOption = None,
    reentry: ReentryOption = None,
    doubt_policy: DoubtOption = None,
    grace_seconds: GraceOption = None,
    sender: SenderOption = None,
    parameter: ParameterOption = None,
    zone_mode: ZoneModeOption = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given, while the campaign is pending or suspended."""
    given = Given(
        name, description, flow, group, exclude_group, start, end, plan, overlap, reentry,
        doubt_policy, grace_seconds, sender, parameter, zone_mode,
    )  # fmt: skip

    async def work() -> CampaignAnswer:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await campaigns.campaign_named(connection, desk.scope, campaign)
            changes = await changes_given(
                connection, desk.scope, given, start_at=found.draft.start_at
            )
            changed = await campaigns.change_campaign(connection, desk.scope, found.id, changes)
            return await answer_for(connection, desk.scope, changed)

    _print(run(work()), as_json=as_json)


@app.command("suspend")
def campaign_suspend(
    campaign: OneCampaign,
    reason: Annotated[str | None, typer.Option("--reason", help="Shown beside the status.")] = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Stop a campaign that is in progress; done when nothing more of it can leave."""

    async def work() -> SuspensionAnswer:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await campaigns.campaign_named(connection, desk.scope, campaign)
            done = await suspensions.suspend_campaign(
                desk.place.pool, desk.scope, found.id, reason=reason
            )
            return SuspensionAnswer(
                campaign=await _answer(desk, done.campaign),
                in_flight_count=done.in_flight_count,
                is_acknowledged=done.is_acknowledged,
            )

    done = run(work())
    if as_json:
        print_json(done)
        return
    _print(done.campaign, as_json=False)
    print_note(f"Suspended; {done.in_flight_count} requests were under way and may still arrive.")
    if not done.is_acknowledged:
        print_note("A worker has not answered yet; it obeys as soon as it can.")


@app.command("resume")
def campaign_resume(
    campaign: OneCampaign,
    start: Annotated[
        str | None, typer.Option("--start", help=f"{MOMENT_HELP}; at once when not given.")
    ] = None,
    end: EndOption = None,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Let a suspended campaign go on, at once or at a new start."""

    async def work() -> CampaignAnswer:
        async with open_desk(workspace) as desk:
            async with transaction(desk.place.pool) as connection:
                zone = await zone_of(connection, desk.scope)
                now = desk.scope.now
                start_at = None if start is None else read_moment(start, "start_at", now, zone)
                found = await campaigns.campaign_named(connection, desk.scope, campaign)
                resumed = await suspensions.resume_campaign(
                    connection,
                    desk.scope,
                    found.id,
                    sizes=sizes_of(desk.place.settings),
                    start_at=start_at,
                    end_at=None
                    if end is None
                    else read_moment(end, "end_at", start_at or now, zone),
                )
            return await _answer(desk, resumed)

    _print(run(work()), as_json=as_json)


@app.command("delete")
def campaign_delete(campaign: OneCampaign, *, workspace: InWorkspace = None) -> None:
    """Delete a campaign that is not in progress; who still waits is not messaged."""

    async def work() -> None:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                found = await campaigns.campaign_named(connection, desk.scope, campaign)
            await campaigns.delete_campaign(desk.place.pool, desk.scope, found.id)

    run(work())
    print_note(f"{campaign} is deleted.")


app.command("occurrences")(campaign_occurrences)
app.command("people")(campaign_people)
app.command("explain")(campaign_explain)
app.command("watch")(campaign_watch)
app.command("dry-run")(campaign_dry_run)


def _print(campaign: CampaignAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(campaign)
        return
    print_facts(_facts(campaign))


def _facts(campaign: CampaignAnswer) -> dict[str, Any]:
    counts = campaign.counts
    return {
        "id": campaign.id,
        "name": campaign.name,
        "status": campaign.status_label,
        "reason": campaign.status_reason_in_words,
        "flow": campaign.flow_name,
        "groups": ", ".join(campaign.include_group_names),
        "without": ", ".join(campaign.exclude_group_names) or None,
        "start": campaign.start_at,
        "end": campaign.end_at,
        "plan": f"{campaign.plan_in_words} ({campaign.zone})",
        "next": campaign.next_tick_at,
        "occurrences": campaign.occurrence_count,
        "audience": counts.audience_count,
        "accepted": counts.accepted_count,
        "delivered": counts.delivered_count,
        "read": counts.read_count,
        "replied": counts.replied_count,
        "skipped": counts.skipped_count,
        "failed": counts.failed_count,
        "in doubt": counts.in_doubt_count,
        "held": counts.held_count,
        "pending": counts.pending_count,
        "possible": ", ".join(campaign.allowed_actions),
    }
