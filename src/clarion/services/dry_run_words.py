"""A dry run in a sentence, and its notices in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from clarion.services.workspaces import Language

__all__ = ["NOTICES", "notice_in_words", "sentence"]

# What a person should know before, although it changes no number: code → words.
NOTICES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "audience_empty": {
            "en": "Nobody is in the audience.",
            "zh": "受众为空。",
        },
        "previous_running_skip": {
            "en": "An occurrence still runs; if it is not over by then, this one is skipped.",
            "zh": "有一次执行仍在进行；如届时未结束，本次将被跳过。",
        },
        "previous_running_queue": {
            "en": "An occurrence still runs; this one waits until it is over.",
            "zh": "有一次执行仍在进行；本次将等其结束后再开始。",
        },
        "template_unknown": {
            "en": "The template {template} ({language}) is not among those of the provider: "
            "its {people_count} messages would be refused.",
            "zh": "平台上没有模板 {template}（{language}）：这 {people_count} 条消息将被拒绝。",
        },
        "template_not_approved": {
            "en": "The template {template} ({language}) is {status}: "
            "its {people_count} messages would be refused.",
            "zh": "模板 {template}（{language}）状态为 {status}：这 {people_count} 条消息将被拒绝。",
        },
        "day_limit_reached": {
            "en": "The sender {sender} may write to {day_limit} people in 24 hours: "
            "the rest waits for the next 24.",
            "zh": "发送方 {sender} 24 小时内最多联系 {day_limit} 人：其余顺延到之后的 24 小时。",
        },
        "sessions_end": {
            "en": "{session_count} earlier conversations of the flow end, because this one takes over.",
            "zh": "该流程之前的 {session_count} 个会话将因本次启动而结束。",
        },
    }
)


def notice_in_words(notice: Mapping[str, Any], language: Language) -> str:
    """A notice of a summary for a person."""
    return NOTICES[notice["code"]][language].format_map(notice)


def sentence(summary: Mapping[str, Any], zone: ZoneInfo, language: Language) -> str:
    """The summary in one sentence; empty when there is none yet."""
    if not summary:
        return ""
    numbers = {
        name: f"{summary[f'{name}_count']:,}"
        for name in ("audience", "send", "held", "skipped", "failed")
    }
    first, last = _moment(summary["first_send_at"], zone), _moment(summary["finish_at"], zone)
    if language == "zh":
        when = f"，自 {first} 至 {last}（{zone.key}）" if first else ""
        return (
            "{audience} 人中 {send} 人会收到消息".format(**numbers)
            + when
            + "；{held} 人等待，{skipped} 人跳过，{failed} 人失败。".format(**numbers)
        )
    when = f", from {first} to {last} ({zone.key})" if first else ""
    return (
        "{send} of {audience} people would get a message".format(**numbers)
        + when
        + "; {held} would wait, {skipped} be skipped, {failed} fail.".format(**numbers)
    )


def _moment(text: str | datetime | None, zone: ZoneInfo) -> str:
    if text is None:
        return ""
    at = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
