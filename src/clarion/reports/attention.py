"""What needs a person now: one row a kind of thing, each with the words of what to do.

Theory of operation.  ``ATTENTION_KINDS`` is a table: a kind has a query of the same name, which
answers in columns that are the same for all.  Nothing is stored and nothing is acknowledged: a line
goes away when its cause does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["ATTENTION_KINDS", "Attention", "AttentionKind", "attention_of"]

QUERIES = load("attention")

Noun = Literal["campaign", "template", "sender", "import", "conversation", "installation"]


@dataclass(frozen=True, slots=True)
class AttentionKind:
    """A kind of thing that needs a person: what it is about, how grave it is, and what to do."""

    code: str
    noun: Noun
    is_grave: bool
    what_to_do: Mapping[Literal["en", "zh"], str]


def _kind(code: str, noun: Noun, *, is_grave: bool, en: str, zh: str) -> AttentionKind:
    return AttentionKind(code, noun, is_grave, {"en": en, "zh": zh})


# The gravest first.
# fmt: off
ATTENTION_KINDS = (
    _kind("worker_silent", "installation", is_grave=True, en="Start `clarion serve` or `clarion work`; nothing is sent until then.", zh="请启动 `clarion serve` 或 `clarion work`；在此之前不会发送任何消息。"),
    _kind("sender_unreachable", "sender", is_grave=True, en="Check the network and the sender's address; it goes on by itself.", zh="请检查网络和发送方地址；恢复后会自动继续。"),
    _kind("campaign_suspended", "campaign", is_grave=True, en="Look at its reasons, mend the cause, then resume it.", zh="请查看原因并排除问题，然后恢复活动。"),
    _kind("occurrence_missed", "campaign", is_grave=True, en="Look at the occurrences; a new one fires by the plan.", zh="请查看各次执行；之后按计划继续。"),
    _kind("sender_paused", "sender", is_grave=True, en="Mend the cause, then resume the sender.", zh="请排除问题，然后恢复发送方。"),
    _kind("sender_day_limit", "sender", is_grave=False, en="They go by themselves when the 24 hours have room; another number of the same account does not help.", zh="24 小时额度释放后会自动继续发送；同一账号下换号码无济于事。"),
    _kind("sender_quality", "sender", is_grave=False, en="Write less, and only to people who want it.", zh="请减少发送，仅联系愿意接收的用户。"),
    _kind("template_stopped", "template", is_grave=False, en="Change the template at the provider, or use another.", zh="请在平台修改该模板，或改用其他模板。"),
    _kind("conversation_waiting", "conversation", is_grave=False, en="Take them on and answer.", zh="请接手并回复。"),
    _kind("import_rejected", "import", is_grave=False, en="Download the rejected rows, correct them and import them again.", zh="请下载被拒绝的行，修正后重新导入。"),
    _kind("jobs_dead", "installation", is_grave=False, en="Look at the errors (`clarion system failed-jobs`), then retry or dismiss them.", zh="请查看错误（`clarion system failed-jobs`），然后重试或忽略。"),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs a person.

    ``subject_id`` is None where it is about no single thing; ``detail`` is a reason's code, a note or
    a word of the provider.
    """

    kind: AttentionKind
    subject_id: int | None
    subject_name: str
    count: int
    detail: str | None
    since_at: datetime | None


async def attention_of(connection: Connection, workspace_id: int, now: datetime) -> list[Attention]:
    """Everything that needs a person of a workspace, the gravest kinds first."""
    found: list[Attention] = []
    for kind in ATTENTION_KINDS:
        rows = await QUERIES.fetch(connection, kind.code, workspace_id=workspace_id, now=now)
        found += [
            Attention(
                kind,
                row["subject_id"],
                row["subject_name"] or "",
                row["count"],
                row["detail"],
                row["since_at"],
            )
            for row in rows
        ]
    return found
