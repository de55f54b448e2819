"""Why a contact, an occurrence or a message is where it is: one table of reasons.

Theory of operation.  Whatever is not simply accepted carries a reason: a short stable code, stored
and counted, and words in every language of the console.  A code is never renamed once released.
``kind`` says what the reason explains: a ``refusal`` (nothing will leave for this contact now), a
``hold`` (it will, later), a ``failure`` (it was tried), a ``doubt``, or an ``occurrence`` that did
not run.  A detail that only the moment knows (the provider's code, the end of a suppression) is
stored beside the code, never inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["REASONS", "Reason", "ReasonKind", "reason_in_words"]

ReasonKind = Literal["refusal", "hold", "failure", "doubt", "occurrence"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One row of the table."""

    code: str
    kind: ReasonKind
    en: str
    zh: str


_ROWS = (
    # Refusals: nothing leaves for this contact.
    Reason("opted_out", "refusal", "Opted out of this channel", "已退订该渠道"),
    Reason("suppressed", "refusal", "On the suppression list", "在屏蔽名单中"),
    Reason("no_address", "refusal", "Has no address on this channel", "在该渠道没有地址"),
    Reason("session_active", "refusal", "Still inside an earlier session of the flow", "仍在该流程之前的会话中"),
    Reason("superseded", "refusal", "A later start of the flow took over", "已被后一次流程启动取代"),
    Reason("excluded", "refusal", "In a group that is excluded", "在被排除的分组中"),
    Reason("contact_deleted", "refusal", "The contact was deleted", "联系人已删除"),
    Reason("campaign_ended", "refusal", "The campaign ended before the turn came", "轮到之前活动已结束"),
    Reason("campaign_deleted", "refusal", "The campaign was deleted", "活动已删除"),
    Reason("flow_sent_nothing", "refusal", "The flow's path sends no message", "流程所走的路径没有发送消息"),
    Reason("window_closed", "refusal", "The conversation window is closed; only a template may be sent", "会话窗口已关闭，只能发送模板消息"),
    Reason("expired", "refusal", "Not sent before it expired", "发送前已过期"),
    # Holds: it leaves later.
    Reason("quiet_hours", "hold", "Waits for the end of the quiet hours", "等待静默时段结束"),
    Reason("frequency_cap", "hold", "Waits: had enough messages lately", "近期消息已达上限，等待中"),
    Reason("campaign_suspended", "hold", "Waits: the campaign is suspended", "活动已暂停，等待中"),
    Reason("sender_paused", "hold", "Waits: the sender is paused", "发送方已暂停，等待中"),
    Reason("template_paused", "hold", "Waits: the template is paused", "模板已暂停，等待中"),
    Reason("recipient_busy", "hold", "Waits: too many messages to this person at once", "短时间内发给该用户的消息过多，等待中"),
    Reason("day_limit", "hold", "Waits: the sender's limit for 24 hours is used up", "发送方 24 小时额度已用完，等待中"),
    Reason("provider_held", "hold", "Held by the provider for a check", "被平台暂扣审核"),
    # Failures: it was tried.
    Reason("flow_failed", "failure", "The flow failed", "流程执行失败"),
    Reason("provider_rejected", "failure", "The provider rejected the message", "平台拒绝了该消息"),
    Reason("undeliverable", "failure", "The provider could not deliver the message", "平台无法送达该消息"),
    Reason("address_invalid", "failure", "The address does not exist on this channel", "该地址在此渠道不存在"),
    Reason("template_missing", "failure", "The template does not exist or is not approved", "模板不存在或未获批准"),
    Reason("content_invalid", "failure", "The content is not what the provider accepts", "内容不符合平台要求"),
    Reason("no_sender", "failure", "No active sender for this channel", "该渠道没有可用的发送方"),
    Reason("attempts_exhausted", "failure", "Tried as often as allowed", "已达最大尝试次数"),
    # Doubt: nobody knows yet.
    Reason("in_doubt", "doubt", "Sent, but the answer was lost; a receipt will settle it", "已发出但未收到应答，等待回执确认"),
    Reason("doubt_unsettled", "doubt", "Sent, the answer was lost, and no receipt came in time", "已发出但未收到应答，期限内也没有回执"),
    # Occurrences that did not run.
    Reason("too_late", "occurrence", "The server was not running in time", "服务未及时运行，已错过"),
    Reason("previous_running", "occurrence", "The occurrence before it was still running", "上一次执行尚未结束"),
    Reason("flow_not_published", "occurrence", "The flow has no published version", "流程没有已发布的版本"),
    Reason("audience_empty", "occurrence", "Nobody is in the audience", "受众为空"),
    Reason("breaker_open", "occurrence", "Too many failures or opt-outs; the campaign was suspended", "失败或退订过多，活动已自动暂停"),
)  # fmt: skip

REASONS: Mapping[str, Reason] = MappingProxyType({row.code: row for row in _ROWS})


def reason_in_words(code: str, language: Literal["en", "zh"] = "en") -> str:
    """The words for a reason; the code itself for one that the table does not know."""
    reason = REASONS.get(code)
    if reason is None:
        return code
    return reason.zh if language == "zh" else reason.en
