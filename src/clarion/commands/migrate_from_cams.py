"""``clarion migrate-from-cams``: bring groups, flows, templates and campaigns here."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from clarion.cams.migration import Migration, Moved, migrate_from
from clarion.cams.sdk_source import open_source
from clarion.commands.output import AsJson, print_json, print_note, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.services.workspaces import read_workspace

__all__ = ["migrate_from_cams"]


def migrate_from_cams(
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="Of the account there; http:// only when it must be.")
    ] = "cams.ap-southeast-1.aliyuncs.com",
    access_key_id: Annotated[
        str, typer.Option("--access-key-id", envvar="CAMS_ACCESS_KEY_ID", show_envvar=True)
    ] = "",
    access_key_secret: Annotated[
        str, typer.Option("--access-key-secret", envvar="CAMS_ACCESS_KEY_SECRET", show_envvar=True)
    ] = "",
    cust_space_id: Annotated[
        str | None, typer.Option("--cust-space-id", help="The space over there.")
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", help="The zone of the times there; else the workspace's."),
    ] = None,
    start_at: Annotated[
        datetime | None,
        typer.Option("--start-at", help="When campaigns in progress there start here (UTC)."),
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be made.")
    ] = False,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Bring groups, flows, templates and campaigns from a CAMS account; may be repeated."""
    if not access_key_id or not access_key_secret:
        raise typer.BadParameter("Give --access-key-id and --access-key-secret.")

    async def work() -> list[Moved]:
        source = open_source(
            endpoint, access_key_id, access_key_secret, cust_space_id=cust_space_id
        )
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                own_zone = (await read_workspace(connection, desk.scope)).zone
            wanted = Migration(
                zone=_zone(zone or own_zone),
                start_at=None if start_at is None else start_at.replace(tzinfo=UTC),
                is_dry_run=dry_run,
            )
            return await migrate_from(source, desk.place, desk.scope, wanted)

    report = run(work())
    rows = [
        {"noun": row.noun, "name": row.name, "outcome": row.outcome, "reason": row.reason}
        for row in report
    ]
    if as_json:
        print_json({"is_dry_run": dry_run, "items": rows})
        return
    print_table(rows, nothing="There is nothing to bring.")
    counts = Counter(row.outcome for row in report)
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    print_note(f"{'Would be: ' if dry_run else ''}{told or 'nothing'}.")
    print_note("Contacts cannot be read from there; export and import them as files.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(f"There is no zone {name}.") from error
