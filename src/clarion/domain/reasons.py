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


_OWN_ROWS = (
    # Refusals: nothing leaves for this contact.
    Reason("opted_out", "refusal", "Opted out of this channel", "已退订该渠道"),
    Reason("suppressed", "refusal", "On the suppression list", "在屏蔽名单中"),
    Reason("no_address", "refusal", "Has no address on this channel", "在该渠道没有地址"),
    Reason("session_active", "refusal", "Still inside an earlier session of the flow", "仍在该流程之前的会话中"),
    Reason("superseded", "refusal", "A later start of the flow took over", "已被后一次流程启动取代"),
    Reason("newer_occurrence", "refusal", "A newer occurrence of the campaign took over", "已被活动的下一次执行取代"),
    Reason("excluded", "refusal", "In a group that is excluded", "在被排除的分组中"),
    Reason("contact_deleted", "refusal", "The contact was deleted", "联系人已删除"),
    Reason("campaign_ended", "refusal", "The campaign ended before the turn came", "轮到之前活动已结束"),
    Reason("campaign_deleted", "refusal", "The campaign was deleted", "活动已删除"),
    Reason("flow_changed", "refusal", "Ended by a new version of the flow", "因流程发布新版本而结束"),
    Reason("flow_sent_nothing", "refusal", "The flow's path sends no message", "流程所走的路径没有发送消息"),
    Reason("no_sender_of_channel", "refusal", "The workspace has no sender of this channel", "工作区没有该渠道的发送方"),
    Reason("handed_over", "refusal", "Handed over to a person", "已转交人工"),
    Reason("forwarded", "refusal", "Goes on in another flow", "已转入其他流程"),
    Reason("window_closed", "refusal", "The conversation window is closed; only a template may be sent", "会话窗口已关闭，只能发送模板消息"),
    Reason("template_stopped", "refusal", "Sending of the template is stopped", "模板已停止发送"),
    Reason("expired", "refusal", "Not sent before it expired", "发送前已过期"),
    # Holds: it leaves later.
    Reason("quiet_hours", "hold", "Waits for the end of the quiet hours", "等待静默时段结束"),
    Reason("frequency_cap", "hold", "Waits: had enough messages lately", "近期消息已达上限，等待中"),
    Reason("campaign_suspended", "hold", "Waits: the campaign is suspended", "活动已暂停，等待中"),
    Reason("sender_paused", "hold", "Waits: the sender is paused", "发送方已暂停，等待中"),
    Reason("template_paused", "hold", "Waits: the template is paused", "模板已暂停，等待中"),
    Reason("flow_waits", "hold", "The flow waits before its first message", "流程在发送首条消息前先等待"),
    Reason("recipient_busy", "hold", "Waits: too many messages to this person at once", "短时间内发给该用户的消息过多，等待中"),
    Reason("day_limit", "hold", "Waits: the sender's limit for 24 hours is used up", "发送方 24 小时额度已用完，等待中"),
    Reason("connect_refused", "hold", "The platform refused the connection; nothing was sent", "平台拒绝连接，消息未发送"),
    Reason("connect_timeout", "hold", "The platform could not be reached in time; nothing was sent", "连接平台超时，消息未发送"),
    Reason("tls", "hold", "No secure connection to the platform; nothing was sent", "无法与平台建立安全连接，消息未发送"),
    Reason("dns", "hold", "The platform's name could not be resolved; nothing was sent", "无法解析平台域名，消息未发送"),
    Reason("provider_held", "hold", "Held by the provider for a check", "被平台暂扣审核"),
    # Failures: it was tried.
    Reason("flow_failed", "failure", "The flow failed", "流程执行失败"),
    Reason("provider_rejected", "failure", "The provider rejected the message", "平台拒绝了该消息"),
    Reason("undeliverable", "failure", "The provider could not deliver the message", "平台无法送达该消息"),
    Reason("undelivered", "failure", "The provider reported that it could not be delivered", "平台报告未能送达"),
    Reason("address_invalid", "failure", "The address does not exist on this channel", "该地址在此渠道不存在"),
    Reason("template_missing", "failure", "The template does not exist or is not approved", "模板不存在或未获批准"),
    Reason("content_invalid", "failure", "The content is not what the provider accepts", "内容不符合平台要求"),
    Reason("no_message_to_answer", "failure", "The person has written nothing that it could answer", "用户尚未发送可供回应的消息"),
    Reason("no_sender", "failure", "No active sender for this channel", "该渠道没有可用的发送方"),
    Reason("attempts_exhausted", "failure", "Tried as often as allowed", "已达最大尝试次数"),
    # Doubt: nobody knows yet.
    Reason("in_doubt", "doubt", "Sent, but the answer was lost; a receipt will settle it", "已发出但未收到应答，等待回执确认"),
    Reason("no_receipt", "doubt", "The answer was lost, and no receipt came in time", "未收到应答，期限内也没有回执"),
    Reason("answer_lost", "doubt", "Sent, but the answer was lost", "已发出但未收到应答"),
    Reason("doubt_unsettled", "doubt", "No receipt came in time; not sent again, so that nobody gets it twice", "期限内没有回执；为避免重复，不再发送"),
    Reason("owner_lost", "doubt", "The worker stopped while the message was leaving", "发送过程中工作进程停止"),
    Reason("response_timeout", "doubt", "The platform did not answer in time", "平台未在时限内应答"),
    Reason("reset", "doubt", "The connection broke before the answer", "应答前连接中断"),
    Reason("malformed", "doubt", "The answer could not be read", "应答无法解析"),
    # Occurrences that did not run.
    Reason("too_late", "occurrence", "The server was not running in time", "服务未及时运行，已错过"),
    Reason("previous_running", "occurrence", "The occurrence before it was still running", "上一次执行尚未结束"),
    Reason("flow_not_published", "occurrence", "The flow has no published version", "流程没有已发布的版本"),
    Reason("audience_empty", "occurrence", "Nobody is in the audience", "受众为空"),
    Reason("breaker_open", "occurrence", "Too many failures or opt-outs; the campaign was suspended", "失败或退订过多，活动已自动暂停"),
)  # fmt: skip

# What a provider's code means, in the words of the adapters' reaction tables.
_PROVIDER_ROWS = (
    # This person.
    Reason("stopped_marketing", "refusal", "Stopped our marketing messages in the app", "用户在应用内停止了我们的营销消息"),
    Reason("blocked_by_us", "refusal", "Blocked by our own account", "已被我方账号屏蔽"),
    Reason("marketing_cap", "hold", "The platform limits marketing to this person for now", "平台暂时限制向该用户发送营销消息"),
    Reason("pair_rate", "hold", "Too many messages to this person at once", "短时间内发给该用户的消息过多"),
    Reason("user_in_experiment", "failure", "The platform keeps this person out of marketing for an experiment", "该用户处于平台实验组，未送达"),
    Reason("country_not_allowed", "failure", "The account may not send to this country", "账号不可向该国家或地区发送"),
    Reason("not_on_test_list", "failure", "A test number may send only to its list of recipients", "测试号码只能发送给测试名单"),
    Reason("recipient_is_sender", "failure", "The recipient is the sender itself", "接收方与发送方相同"),
    Reason("identity_key_mismatch", "failure", "The person's identity changed and must be confirmed", "用户身份已变更，需要确认"),
    Reason("bsuid_unsupported", "failure", "This message cannot go to an address without a phone number", "该消息不能发往没有手机号的地址"),
    # This message.
    Reason("bad_parameter", "failure", "The platform did not understand the request", "平台无法理解该请求"),
    Reason("parameter_missing", "failure", "A parameter is missing", "缺少参数"),
    Reason("parameter_invalid", "failure", "A parameter is not valid", "参数无效"),
    Reason("parameter_count", "failure", "The number of parameters does not fit the template", "参数数量与模板不符"),
    Reason("parameter_format", "failure", "A parameter does not have the form that the template wants", "参数格式与模板不符"),
    Reason("parameter_text_refused", "failure", "The text of a parameter is not allowed", "参数文本不被允许"),
    Reason("text_too_long", "failure", "The text came out too long", "文本过长"),
    Reason("too_large", "failure", "The message is too large", "消息过大"),
    Reason("type_unsupported", "failure", "The platform does not know this type of message", "平台不支持该消息类型"),
    Reason("media_unusable", "failure", "The platform could not use the media file", "平台无法使用该媒体文件"),
    Reason("inbound_media_lost", "failure", "The platform could not fetch the person's media file", "平台无法获取用户的媒体文件"),
    Reason("register_attempts", "failure", "The number was registered too often", "号码注册次数过多"),
    Reason("unknown_code", "failure", "The platform refused with a code that is not documented", "平台返回了未公开的错误码"),
    # The template.
    Reason("template_disabled", "failure", "The platform disabled the template", "模板已被平台停用"),
    Reason("template_policy", "failure", "The template breaks the platform's policy", "模板违反平台政策"),
    Reason("flow_blocked", "failure", "The platform blocked the form inside the message", "消息中的表单已被平台阻止"),
    # The sender and its account.
    Reason("token_invalid", "hold", "The sender's access token is not valid", "发送方的访问令牌无效"),
    Reason("permission_missing", "hold", "The sender's token lacks a permission", "发送方令牌缺少权限"),
    Reason("number_deleted", "hold", "The sender's number was deleted", "发送方号码已删除"),
    Reason("number_not_registered", "hold", "The sender's number is not registered", "发送方号码未注册"),
    Reason("account_restricted", "hold", "The platform restricts the account", "账号受到平台限制"),
    Reason("account_locked", "hold", "The platform locked the account", "账号已被平台锁定"),
    Reason("display_name_not_approved", "hold", "The sender's display name is not approved", "发送方显示名称未获批准"),
    Reason("payment_problem", "hold", "The account has a problem with payment", "账号付款异常"),
    Reason("spam_restriction", "hold", "Too many people reported the sender as spam", "发送方被过多用户举报"),
    Reason("marketing_off_on_messages", "hold", "The sender may send marketing only through its marketing endpoint", "该发送方只能通过营销接口发送营销消息"),
    Reason("template_classification_violations", "hold", "The account put templates into the wrong category too often", "账号的模板分类违规过多"),
    # Not now.
    Reason("throughput", "hold", "Faster than the platform allows the sender", "超过发送方允许的速率"),
    Reason("app_call_rate", "hold", "Too many calls of the app", "应用调用过于频繁"),
    Reason("account_call_rate", "hold", "Too many calls of the account", "账号调用过于频繁"),
    Reason("flow_throttled", "hold", "The platform slows the form inside the message", "消息中的表单被平台限速"),
    Reason("maintenance", "hold", "The platform maintains the account", "账号维护中"),
    Reason("service_unavailable", "hold", "The platform is not available", "平台服务不可用"),
    Reason("service_overloaded", "hold", "The platform is overloaded", "平台过载"),
    Reason("server_unavailable", "hold", "The platform's server is not available", "平台服务器不可用"),
    Reason("transient", "hold", "The platform said that the error will pass", "平台提示为暂时性错误"),
    Reason("unknown", "hold", "The platform gave no cause", "平台未说明原因"),
    Reason("unknown_or_bad_request", "hold", "The platform gave no clear cause", "平台未说明明确原因"),
    Reason("generic", "hold", "The platform gave a general error", "平台返回一般性错误"),
    Reason("not_sent", "hold", "The request could not leave; nothing was sent", "请求未能发出，消息未发送"),
    Reason("not_the_platform", "hold", "Something between us and the platform answered", "应答来自平台之外的中间环节"),
)  # fmt: skip

# Why a session failed, in the words of the flow engine.
_FLOW_ROWS = (
    Reason("bad_pattern", "failure", "A pattern of the flow is not valid", "流程中的匹配模式无效"),
    Reason("call_failed", "failure", "A request or function failed, and the flow has no way for that", "请求或函数失败，且流程没有对应的出口"),
    Reason("content_missing", "failure", "A node has nothing to send", "节点没有可发送的内容"),
    Reason("expression_failed", "failure", "An expression of the flow failed", "流程中的表达式出错"),
    Reason("header_unsafe", "failure", "A header of a request came out with more than one line", "请求头的内容出现多行"),
    Reason("input_missing", "failure", "A required input of the flow is missing", "缺少流程的必填输入"),
    Reason("message_missing", "failure", "The message to wait for was never sent", "要等待的消息从未发送"),
    Reason("pattern_text_too_long", "failure", "A text is too long for a pattern", "文本过长，无法匹配"),
    Reason("session_too_old", "failure", "The session became too old", "会话存续时间过长"),
    Reason("template_parameter_empty", "failure", "A parameter of the template came out empty", "模板参数的值为空"),
    Reason("text_empty", "failure", "A text came out empty", "文本内容为空"),
    Reason("place_invalid", "failure", "The place is not on the map", "位置坐标无效"),
    Reason("too_many_jumps", "failure", "The session jumped too often", "会话跳转次数过多"),
    Reason("too_many_nodes", "failure", "The flow walked in circles", "流程陷入循环"),
    Reason("too_many_sprints", "failure", "The session went on for too many turns", "会话轮次过多"),
    Reason("too_many_variables", "failure", "The session has too many variables", "会话变量过多"),
    Reason("url_unsafe", "failure", "The address of a request came out unsafe", "请求地址不安全"),
    Reason("variable_not_json", "failure", "A variable's value cannot be stored", "变量的值无法保存"),
    Reason("variable_too_long", "failure", "A variable's value is too long", "变量的值过长"),
    Reason("variables_too_large", "failure", "The session's variables are too large together", "会话变量总量过大"),
    Reason("wait_too_long", "failure", "The session would have to wait too long", "会话需要等待的时间过长"),
    Reason("moment_missing", "failure", "There is no such moment to wait for", "没有可等待的时刻"),
    Reason("too_many_forwards", "failure", "The contact was handed from flow to flow too often", "联系人在流程间转交次数过多"),
    Reason("forward_failed", "failure", "The flow to go on with is not there or not published", "要转入的流程不存在或未发布"),
    Reason("node_missing", "failure", "The version no longer has the node that the session waited at", "该版本中已没有会话等待的节点"),
)  # fmt: skip

REASONS: Mapping[str, Reason] = MappingProxyType(
    {row.code: row for row in (*_OWN_ROWS, *_FLOW_ROWS, *_PROVIDER_ROWS)}
)


def reason_in_words(code: str, language: Literal["en", "zh"] = "en") -> str:
    """The words for a reason; the code itself for one that the table does not know."""
    reason = REASONS.get(code)
    if reason is None:
        return code
    return reason.zh if language == "zh" else reason.en
