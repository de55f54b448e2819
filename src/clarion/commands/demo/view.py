"""How the demo looks: a snapshot as something that Rich draws, or as plain lines.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from clarion.commands.demo.snapshot import CampaignView, Snapshot
from clarion.domain.campaign import CampaignStatus, label_of
from clarion.reports.progress import CampaignProgress
from clarion.reports.replies import RecentReply
from clarion.services.senders import Sender

__all__ = ["header", "live_view", "plain_lines"]

# Label -> field of the progress, and its colour when it is not zero.
FIGURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sent": ("sent_count", "cyan"),
        "delivered": ("delivered_count", "cyan"),
        "read": ("read_count", "green"),
        "replied": ("replied_count", "bold green"),
        "failed": ("failed_count", "red"),
        "skipped": ("skipped_count", "yellow"),
        "held": ("held_count", "yellow"),
        "in doubt": ("in_doubt_count", "magenta"),
    }
)
STATUS_STYLES: Mapping[CampaignStatus, str] = MappingProxyType(
    {
        CampaignStatus.PENDING: "yellow",
        CampaignStatus.IN_PROGRESS: "green",
        CampaignStatus.SUSPENDED: "red",
        CampaignStatus.ENDED: "dim",
    }
)
_SECONDS_A_MINUTE = 60
_SHOWN_LOG_LINES = 3


def header(facts: Mapping[str, str]) -> RenderableType:
    """Where the demo is and how to get in."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, overflow="fold")
    for name, value in facts.items():
        table.add_row(name, Text(value, style="bold"))
    title = Text("Clarion demo", style="bold cyan")
    return Panel(table, title=title, title_align="left", border_style="cyan", padding=(0, 1))


def live_view(
    facts: Mapping[str, str], snapshot: Snapshot, notices: Iterable[str], log_lines: Iterable[str]
) -> RenderableType:
    """The whole view at one moment."""
    parts: list[RenderableType] = [header(facts)]
    parts += [_campaign(view, snapshot.at) for view in snapshot.campaigns]
    parts += [_sender(sender) for sender in snapshot.senders]
    parts += [_title("What people say"), _replies(snapshot.replies, snapshot.at)]
    ending = [
        *(
            Text(f"! {notice}", style="yellow", no_wrap=True, overflow="ellipsis")
            for notice in notices
        ),
        *(
            Text(line.strip(), style="dim", no_wrap=True, overflow="ellipsis")
            for line in list(log_lines)[-_SHOWN_LOG_LINES:]
        ),
    ]
    if ending:
        parts += [_title("Log"), Padding(Group(*ending), (0, 2))]
    parts.append(Text("  Ctrl-C stops everything and keeps the data.", style="dim"))
    return Group(*parts)


def _title(text: str) -> Rule:
    return Rule(Text(text, style="dim"), align="left", style="bright_black")


def _campaign(view: CampaignView, now: datetime) -> RenderableType:
    heading = Table.grid(expand=True)
    heading.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    heading.add_column(justify="right", no_wrap=True)
    name = Text.assemble(
        (view.name, "bold"),
        (f"  {view.plan}", "dim"),
        ("  ● ", STATUS_STYLES[view.status]),
        (label_of(view.status), STATUS_STYLES[view.status]),
    )
    heading.add_row(name, Text(_next_tick(view, now), style="dim"))
    rows: list[RenderableType] = [heading]
    if view.progress is not None:
        rows += [_bar(view.progress), _figures(view.progress)]
    return Padding(Group(*rows), (0, 2, 1, 2))


def _bar(progress: CampaignProgress) -> RenderableType:
    done = progress.pending_count + progress.held_count == 0
    row = Table.grid(expand=True, padding=(0, 1))
    row.add_column(ratio=1)
    row.add_column(justify="right", no_wrap=True, min_width=34)
    bar = ProgressBar(
        total=max(1, progress.audience_count),
        completed=progress.done_count,
        complete_style="cyan",
        finished_style="green",
    )
    row.add_row(bar, Text(_pace(progress, is_done=done)))
    return row


def _pace(progress: CampaignProgress, *, is_done: bool) -> str:
    if progress.audience_count == 0:
        return "starting"
    people = f"{progress.done_count:,} of {progress.audience_count:,}"
    if is_done:
        return f"{people}  ✓"
    parts = [people, f"{progress.done_share:.0%}", f"{progress.rate_per_second:.0f}/s"]
    if progress.eta_seconds is not None:
        parts.append(f"{_duration(progress.eta_seconds)} left")
    return "  ".join(parts)


def _figures(progress: CampaignProgress) -> RenderableType:
    """The figures side by side, in as many lines as the terminal needs."""
    figures = []
    for label, (field, style) in FIGURES.items():
        count: int = getattr(progress, field)
        figures.append(
            Text.assemble((f"{label} ", "dim"), (f"{count:,}", style if count else "dim"))
        )
    return Columns(figures, padding=(0, 2))


def _next_tick(view: CampaignView, now: datetime) -> str:
    if view.next_tick_at is None:
        return ""
    seconds = max(0.0, (view.next_tick_at - now).total_seconds())
    runs = f"run {view.occurrence_count}, " if view.occurrence_count > 1 else ""
    return (
        f"{runs}next in {_duration(seconds)}"
        if view.occurrence_count
        else (f"starts in {_duration(seconds)}")
    )


def _duration(seconds: float) -> str:
    if seconds < 2 * _SECONDS_A_MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _SECONDS_A_MINUTE:.0f} min"


def _sender(sender: Sender) -> RenderableType:
    is_active = sender.status == "active"
    rate = sender.current_rate_per_second or sender.rate_per_second
    line = Text("  ", no_wrap=True, overflow="ellipsis")
    line.append("Sender ", style="dim")
    line.append(sender.name, style="bold")
    line.append(f"  {sender.display_address}", style="dim")
    line.append("  ● ", style="green" if is_active else "red")
    line.append(sender.status, style="green" if is_active else "red")
    if sender.status_reason:
        line.append(f" ({sender.status_reason})", style="red")
    line.append(f"  {rate:g} of {sender.rate_per_second:g}/s", style="cyan")
    line.append(f"  {sender.waiting_count:,} waiting", style="dim")
    return line


def _replies(replies: Sequence[RecentReply], now: datetime) -> RenderableType:
    if not replies:
        return Padding(Text("Nobody has answered yet.", style="dim"), (0, 2))
    table = Table.grid(expand=True, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True, min_width=5)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=2)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=3)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=5)
    for reply in replies:
        ago = max(0.0, (now - reply.at).total_seconds())
        table.add_row(
            _duration(ago), Text(reply.name), Text(f"“{reply.text}”", style="cyan"), _answer(reply)
        )
    return Padding(table, (0, 2))


def _answer(reply: RecentReply) -> Text:
    if reply.answer is not None:
        return Text(f"→ {reply.answer}", style="green")
    if reply.has_opted_out:
        return Text("opted out", style="yellow")
    return Text("")


# Without a terminal


def plain_lines(snapshot: Snapshot, before: Snapshot | None) -> Iterator[str]:
    """What has changed since ``before``, a line a campaign and a line a new reply."""
    known = {view.id: view for view in before.campaigns} if before else {}
    for view in snapshot.campaigns:
        if _shown(known.get(view.id)) != _shown(view):
            yield f"{snapshot.at:%H:%M:%S}  {_campaign_line(view, snapshot.at)}"
    told = {(reply.at, reply.name, reply.text) for reply in before.replies} if before else set()
    for reply in reversed(snapshot.replies):
        if (reply.at, reply.name, reply.text) not in told:
            yield f"{snapshot.at:%H:%M:%S}  {reply.name} said: {reply.text}"


def _shown(view: CampaignView | None) -> object:
    """What must differ for a campaign to be told again."""
    if view is None or view.progress is None:
        return view and view.status
    return (view.status, *(getattr(view.progress, field) for field, _ in FIGURES.values()))


def _campaign_line(view: CampaignView, now: datetime) -> str:
    if view.progress is None:
        return f"{view.name}: {label_of(view.status)}, {_next_tick(view, now)}"
    is_done = view.progress.pending_count + view.progress.held_count == 0
    figures = ", ".join(
        f"{label} {getattr(view.progress, field)}" for label, (field, _) in FIGURES.items()
    )
    return f"{view.name}: {_pace(view.progress, is_done=is_done)}; {figures}"
