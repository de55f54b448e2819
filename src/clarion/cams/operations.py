"""The operations: one row each, with its parameters, its handler and how it differs.

Theory of operation.  A name on the wire is looked up in ``OPERATIONS``, where an operation also
stands under its aliases: two names of the original have a capital letter too many, and both spellings
are understood.  The page of compatibility and the tests read these same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clarion.cams import (
    audience,
    bindings,
    files,
    flow_life,
    flow_versions,
    flows,
    marketing,
    messages,
    metrics,
    sends,
    template_switches,
    templates,
    webhooks,
)
from clarion.cams.call import Operation, Parameter

__all__ = ["OPERATIONS", "OPERATION_ROWS", "VERSION", "WITHOUT_SUCCESS"]

VERSION = "2020-06-06"

_P = Parameter
_FILE = "What GeneratePresignedUrl was asked for, after the file was put there; it is imported in the background."
_ZONE = "A wall time of the workspace's zone."
_UNUSED = "Accepted, without effect."
_PAUSED = "Sending stops when the provider turns the utility template into a marketing one."


def _must(name: str, note: str = "") -> Parameter:
    return Parameter(name, is_required=True, note=note)


# fmt: off
_CONTACT = (_P("ContactName"), _P("ContactDetails", note="The phone number."), _P("Country"), _P("Email"), _P("Remark"), _P("FilePath", note=_FILE))
_ACTIVITY = (_P("ActivityCode"), _P("ActivityId", note="Understood when there is no ActivityCode."))
_PLAN = (
    _must("ExecutionType", "`1` or `Schedule`: by CronExpression; `2`: once, at StartDate; `Manual` is refused."),
    _P("CronExpression", note="Quartz, not finer than a minute, in the workspace's zone."),
    _P("ParamFlag", note="`N` takes the parameters away; otherwise Params holds when it is given."),
    _P("Params", "object", note="The flow's inputs; checked against those that it declares."),
)
_FLOW = (_must("FlowCode"),)
_VERSION = (*_FLOW, _P("FlowVersion"))
_WABA_UNUSED = _P("CustWabaId", note=_UNUSED)
_WABA = _P("CustWabaId", note="Chooses the account when the workspace has several.")

_MARKETING_ROWS = (
    Operation("AddMarketingFlow", marketing.add_marketing_flow, (
        _must("ActivityName", "At most 60 characters."), _P("ActivityDesc", note="At most 90 characters."),
        _must("RelatedFlowCode", "Required here."), _P("RelatedFlowName", note=_UNUSED),
        _P("RelatedGroupId", "integer", is_required=True, note="Required here."),
        _must("StartDate", f"Required here. {_ZONE}"), _must("EndDate", f"Required here. {_ZONE}"), *_PLAN),
        "`Data`: the ActivityCode",
        ("ExecutionType 1 without CronExpression is one firing at StartDate, and is listed as 2.",)),
    Operation("UpdateMarketingFLow", marketing.update_marketing_flow, (
        *_ACTIVITY, _P("ActivityName"), _P("ActivityDesc"), _P("RelatedFlowCode"), _P("RelatedFlowName", note=_UNUSED),
        _P("RelatedGroupId", "integer"), _P("StartDate", note=_ZONE), _P("EndDate", note=_ZONE), *_PLAN),
        "`Data`: {ActivityCode, ActivityStatus}",
        ("What is not given stays as it is.", "A suspended campaign that is given a new StartDate waits for it; without one it stays suspended."),
        ("UpdateMarketingFlow",)),
    Operation("ListMarketingFlow", marketing.list_marketing_flow, (
        _P("ActivityName", note="A part of the name, in any case."), _P("ActivityCode"),
        _P("ActivityStatus", note="pending, active, suspended, ended, or the console's labels."),
        _P("RelatedFlowCode"), _P("RelatedGroupId", "integer"), _P("PageIndex"), _P("PageSize", note="At most 100.")),
        "`Data`: campaigns, the newest first; `TotalCount`",
        ("A campaign of several groups is listed with their ids and names, separated by commas.",
         "A plan without a Quartz expression (every 90 minutes) is listed with an empty CronExpression.")),
    Operation("PauseMarketingFLow", marketing.pause_marketing_flow, _ACTIVITY, "`Data`: `true`",
        ("Answers when nothing more of the campaign can leave; sessions that wait go on after a resumption.",
         "A worker that is lost is waited for 7 seconds at most; then Message tells that it has not confirmed, and how many requests may still arrive. The campaign is suspended all the same.",
         "A campaign that is not in progress is refused, a suspended one too."),
        ("PauseMarketingFlow",)),
    Operation("DeleteMarketingFlow", marketing.delete_marketing_flow, _ACTIVITY, "`Data`: `true`", (), ("DeleteMarketingFLow",)),
)

_AUDIENCE_ROWS = (
    Operation("AddGroup", audience.add_group, (_must("GroupName", "At most 60 characters."), *_CONTACT), "`Data`: the group's id",
        ("A contact whose number is known joins the group and is left as it is.",)),
    Operation("ListAllGroups", audience.list_all_groups, (), "`Data`: [{Id, GroupName, GmtCreate}]",
        ("The system's group \"Ungrouped\" is listed when there is one.",)),
    Operation("GetGroupExist", audience.get_group_exist, (_must("GroupName"),), "`Data`: `true` or `false`"),
    Operation("UpdateGroupName", audience.update_group_name, (_must("GroupId"), _must("GroupName")), "`Data`: `true`"),
    Operation("DeleteGroupById", audience.delete_group_by_id, (_must("GroupId"),), "`Data`: `true`",
        ("Contacts that were in no other group go to \"Ungrouped\".", "A group of a campaign that is not over is refused.")),
    Operation("AddContacts", audience.add_contacts, (
        _must("Groups", "`[{\"id\":1}]`, `[{\"groupName\":\"x\"}]`, `[1,2]` or `1,2`; named groups are made."),
        _P("NeedUpdate", "boolean", is_required=True, note="true overwrites a contact of this number with what is given, false leaves it; it joins the groups in both cases."), *_CONTACT),
        "`Data`: the contact's id"),
    Operation("UpdateContactById", audience.update_contact_by_id, (
        _must("ContactId"), _must("ContactName"), _must("ContactDetails", "The phone number."), _must("Country"), _P("Email"), _P("Remark")), "`Data`: `true`"),
    Operation("DeleteContacts", audience.delete_contacts_by_details, (
        _P("ContactName", note="When it is given, it must fit too."), _P("ContactDetails", note="Required here, unless there is a file."), _P("Country"),
        _P("FilePath", note="As in AddContacts; the contacts of its phone numbers are deleted in the background.")), "`Data`: `true`"),
    Operation("DeleteContactsByIds", audience.delete_contacts_by_ids, (_must("Contacts", "Ids, separated by commas."),), "`Model`: {DeletedCount}"),
    Operation("RemoveContactById", audience.remove_contact_by_id, (_must("ContactId"), _must("GroupId")), "`Data`: `true`",
        ("A contact keeps at least one group.",)),
    Operation("MoveContactToGroup", audience.move_contact_to_group, (
        _must("Contacts", "`[{\"id\":1}]`"), _P("LinkExistGroups", note="`[{\"id\":1}]`"), _P("LinkNewGroups", note="`[{\"groupName\":\"x\"}]`")),
        "`Data`: {ContactCount}", ("The contacts are in exactly these groups afterwards.",)),
)

_FLOW_ROWS = (
    Operation("CreateChatFlow", flows.create_chat_flow, (
        _must("Title", "Required here; at most 60 characters, and no other flow's."), _P("FlowTriggerType"), _P("Remark"), _P("CreateFromFlowCode"),
        _P("CreateFromFlowVersion"), _P("LifeCycleExtendData", "object", note=_UNUSED)),
        "`Response` and `Data`: {FlowCode, Title, FlowTriggerType, FlowStatus, OnlineVersion, ...}"),
    Operation("CreateChatFlowByImport", flows.create_chat_flow_by_import, (
        _must("FlowViewModel", "A flow file of Clarion (`clarion.flow/1`); the original's form is not published."), _P("Title"), _P("Remark")),
        "`Data`: the flow", ("FlowViewModel is checked for its size now and for the rest when the flow is put online.",)),
    Operation("ReadChatFlow", flows.read_chat_flow, _FLOW, "`Response`: the flow, with the draft as FlowViewModel"),
    Operation("ListChatFlow", flows.list_chat_flow, (
        _P("Keyword", note="A part of the title."), _P("Title", note="The same as Keyword, which wins."), _P("FlowCode"), _P("FlowTriggerType"),
        _P("FlowStatus", note="PUBLISHED or UNPUBLISHED."), _P("Status", note=_UNUSED), _P("PhoneNumber", note="Only flows that listen to this number."),
        _P("ReturnWithOnlineVersion", "boolean", note="OnlineVersion is always answered."), _P("PageNo", "integer"), _P("PageSize", "integer", note="At most 100.")),
        "`Response`: {Data, Total}"),
    Operation("UpdateChatFlow", flows.update_chat_flow, (*_FLOW, _P("Title"), _P("Remark")), "`Response`: the flow",
        ("Title and Remark stand in the flow file, so the draft changes with them.",)),
    Operation("DeleteChatFlow", flows.delete_chat_flow, _FLOW, "`Response`: {FlowCode}"),
    Operation("CreateFlowVersion", flow_versions.create_flow_version, (*_FLOW, _P("FlowVersionCopyFrom"), _P("Remark", note=_UNUSED)), "`Response`: {FlowCode, FlowVersion, Status}",
        ("A flow has one draft, which has the number after its newest version; a copy fills it, and is refused while it holds changes.",)),
    Operation("ListFlowVersion", flow_versions.list_flow_version, (*_FLOW, _P("Status", note="DRAFT, ONLINE or OFFLINE; nothing is DELETED."), _P("PageNo", "integer"), _P("PageSize", "integer", note="At most 100.")), "`Response`: {Data, Total}",
        ("The draft is always listed.",)),
    Operation("ReadFlowVersion", flow_versions.read_flow_version, (*_VERSION, _P("DraftVersion"), _P("Status")), "`Response`: the version, with FlowViewModel"),
    Operation("UpdateFlowVersion", flow_versions.update_flow_version, (*_VERSION, _P("FlowViewModel"), _P("Remark", note="The flow's description."), _P("Type", note=_UNUSED)), "`Response`: the draft",
        ("Only the draft can be changed; the flow keeps its title.",)),
    Operation("OnlineFlowVersion", flow_versions.online_flow_version, (*_VERSION, _P("Remark", note=_UNUSED)), "`Response`: {FlowCode, FlowVersion, Status}",
        ("An older version goes online as a copy with the next number, which is answered.",)),
    Operation("OfflineFlowVersion", flow_versions.offline_flow_version, (*_VERSION, _P("Remark", note=_UNUSED)), "`Response`: {FlowCode, FlowVersion, Status}",
        ("Refused while a campaign that is not over uses the flow.",)),
    Operation("DeleteFlowVersion", flow_versions.delete_flow_version, _VERSION, "`Response`: {FlowCode, FlowVersion}",
        ("Drops the draft's changes; a version that was online stays.",)),
)

_FLOW_LIFE_ROWS = (
    Operation("TriggerChatFlow", flow_life.trigger_chat_flow, (
        *_FLOW, _P("Data", "object", note="The flow's inputs, and whom it is for: `customerPhoneNumber` (or `contactId`), `customerName`."),
        _P("Uuid", note="The same one starts the flow once, ever."), _P("OutId", note="Readable in the flow."),
        _P("DiscardTimeMillis", "integer", note="Not started after this instant."), _P("ClaimTimeMillis", "integer", note=_UNUSED)),
        "`Data`: {FlowCode, Uuid, OutId, StartId, Status, Reason}",
        ("Data must name the person: a start here is always for one contact.", "The key's role must be `publisher`.")),
    Operation("GetChatFlowMetric", flow_life.get_chat_flow_metric, (
        _must("MetricName", "nodeUsageStatistics or nodeErrorDetails."), _P("FlowCode", note="Required here."), _P("FlowVersion", note="Without it, all versions."),
        _P("From", "integer", note="Seconds; whole hours are counted. With To, or not at all."), _P("To", "integer"), _P("MetricParam", "object", note="pageNo, pageSize, nodeId of nodeErrorDetails.")),
        "`Data`: {StartedCount, WaitingCount, FailedCount, Nodes}, or {Data, Total} of failures"),
    Operation("CreateChatFlowLogSetting", flow_life.create_chat_flow_log_setting, (_P("FlowCode", note="Required here."),), "`Data`: {Id, FlowCode, Status}",
        ("Switches the log on; it is kept here and read at GET /api/v1/sessions/{id}.",)),
    Operation("ReadChatFlowLogSetting", flow_life.read_chat_flow_log_setting, (_P("FlowCode", note="Required here."),), "`Data`: {Id, FlowCode, Status}"),
    Operation("UpdateChatFlowLogSetting", flow_life.update_chat_flow_log_setting, (_P("FlowCode", note="Required here."), _P("Id", "integer", note=_UNUSED), _P("Status", note="ON or OFF.")), "`Data`: {Id, FlowCode, Status}"),
    Operation("ListChatFlowTemplate", flow_life.list_chat_flow_template, (_P("Keyword", note="A part of the title."), _P("TriggerType"), _P("PageNo", "integer"), _P("PageSize", "integer", note="At most 100.")),
        "`Data`: {Response: {Data, Total}}", ("Clarion's own sample flows.",)),
    Operation("GetChatFlowTemplate", flow_life.get_chat_flow_template, (_P("Id", "integer", note="Required here."),), "`Data`: {Response}, with FlowViewModel"),
    Operation("ListFlowNodeGroup", flow_life.list_flow_node_group, (_P("PageNo", "integer"), _P("PageSize", "integer")), "`Data`: {Model: [{Code, PublicExtend}]}",
        ("Code is the text `OK`, as everywhere.",)),
    Operation("ListFlowNodePrototypeV2", flow_life.list_flow_node_prototype, (_P("GroupCode", note="CORE or MESSAGES."), _P("Keyword"), _P("PageNo", "integer"), _P("PageSize", "integer")),
        "`Data`: {Model: [{Code, GroupCode, Status, PublicExtend}]}", ("Clarion's kinds of nodes, by their names in flow files.",)),
)

_TEMPLATE_ROWS = (
    Operation("CreateChatappTemplate", templates.create_chatapp_template, (
        _must("Name"), _must("Language"), _must("Category"), _P("Components", "list", is_required=True, note="BODY, HEADER, FOOTER, BUTTONS (QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, FLOW), CAROUSEL, LIMITED_TIME_OFFER."),
        _P("Example", "object"), _must("TemplateType", "Only WHATSAPP."), _WABA, _P("AllowCategoryChange", "boolean", note=_UNUSED), _P("CategoryChangePaused", "boolean", note=_PAUSED),
        _P("MessageSendTtlSeconds", "integer", refusal="The provider's own default holds."), _P("ProductSetId", refusal="Catalogues are not supported.")),
        "`Data`: {TemplateCode, TemplateName}",
        ("TemplateCode is the template's name.", "Url of a media header must be a handle of the provider's upload.", "Variables become named parameters of the provider; the one in a button's address is read back as $(1).",
         "A QUICK_REPLY opts out by its words (STOP, 退订), whatever IsOptOut says.")),
    Operation("ModifyChatappTemplate", templates.modify_chatapp_template, (
        _must("Language"), _P("Components", "list", is_required=True, note="As in CreateChatappTemplate; all of them."), _P("TemplateCode"), _P("TemplateName", note="Understood when there is no TemplateCode."),
        _P("Category"), _P("Example", "object"), _P("TemplateType", note="Only WHATSAPP."), _WABA, _P("CategoryChangePaused", "boolean", note=_PAUSED),
        _P("MessageSendTtlSeconds", "integer", refusal="The provider's own default holds."), _P("ProductSetId", refusal="Catalogues are not supported.")),
        "`Data`: {TemplateCode, TemplateName}", ("The provider reviews it anew; until then its AuditStatus is auditing.",)),
    Operation("GetChatappTemplateDetail", templates.get_chatapp_template_detail, (
        _must("Language"), _P("TemplateCode"), _P("TemplateName", note="Understood when there is no TemplateCode."), _P("TemplateType", note=_UNUSED), _WABA), "`Data`: the template"),
    Operation("ListChatappTemplate", templates.list_chatapp_template, (
        _P("AuditStatus"), _P("Category"), _P("Code"), _P("Language"), _P("Name", note="A part of the name."), _P("Page", "object"), _P("TemplateType", note="Only WHATSAPP."), _WABA),
        "`ListTemplate`, `Total`", ("Answers the copies that are synchronised every half hour.", "LastUpdateTime is when the provider was last asked.")),
    Operation("DeleteChatappTemplate", templates.delete_chatapp_template, (
        _must("TemplateType"), _P("Language", note="Without it, every language is deleted."), _P("TemplateCode"), _P("TemplateName"), _WABA), "nothing more"),
    Operation("ModifyChatappTemplateProperties", template_switches.modify_chatapp_template_properties, (
        _must("CustSpaceId", _UNUSED), _must("Language"), _must("TemplateCode"), _must("TemplateType", "Only WHATSAPP."),
        _P("AllowSend", "boolean", note="false stops the template for everybody at once, of any category."), _P("CategoryChangePaused", "boolean", note=_PAUSED)),
        "`Model`: {TemplateCode, Language}", ("Campaigns in progress that send a stopped template are suspended; other messages of it are withheld and reported as Deleted.",)),
    Operation("ArchiveChatappTemplate", template_switches.archive_chatapp_template, (
        _must("ArchiveType", "ARCHIVE or UNARCHIVE; the original names no values."), _must("ChannelType", "Only WHATSAPP."), _must("CustSpaceId", _UNUSED),
        _P("TemplateList", "list", is_required=True, note="[{TemplateCode, Language}]; all or none.")),
        "`Data`: {Code, Message, Success}", ("Here, not at the provider: an archived template is not sent until it is fetched back.",)),
)

_MESSAGE_ROWS = (
    Operation("ListChatappMessage", messages.list_chatapp_message, (
        _must("BusinessNumber"), _must("ChannelType", "Only whatsapp."), _must("CustSpaceId", _UNUSED), _P("Page", "object", is_required=True), _P("UserNumber"),
        _P("StartTime", "integer"), _P("EndTime", "integer"), _P("StartTimeStr", note=_ZONE), _P("EndTimeStr", note=_ZONE), _P("EventAction"),
        _P("MessageStatus", note="Sending, Sent, Delivered, Read, Failed, Unknown, Deleted or Received."), _P("ClientAcceptStatus", note="success or fail."), _P("TemplateCode"),
        _P("GroupMessageId", note="What SendChatappMassMessage answered.")),
        "`Data`: messages, the newest first", ("One call looks at 20,000 messages at most.",)),
    Operation("QueryChatappPhoneNumbers", messages.query_chatapp_phone_numbers, (_P("Status"),), "`PhoneNumbers`: the workspace's senders",
        ("The callback addresses are told to administrators only.",)),
)

_BINDING = (
    _must("FlowCode"), _P("FlowVersion", note=_UNUSED), _P("ChannelCode", note=_UNUSED), _P("WabaId", note="Chooses the account."),
    _P("PhoneNumbers", "list", note="Senders by their numbers."), _P("MultiWabaPhoneNumbers", "list", note="The same, by account."))
_BINDING_ROWS = (
    Operation("FlowBindPhone", bindings.flow_bind_phone, (_must("ChannelType", "Only WHATSAPP."), *_BINDING), "`Model`: true",
        ("A flow is bound while it is not published.",)),
    Operation("FlowUnbindPhone", bindings.flow_unbind_phone, (
        _must("FlowCode"), _P("FlowVersion", note=_UNUSED), _P("ChannelType", note="Only WHATSAPP."), _P("PhoneNumbers", "list", note="Without it, all.")), "`Model`: true"),
    Operation("FlowRebindPhone", bindings.flow_rebind_phone, (_must("ChannelType", "Only WHATSAPP."), *_BINDING), "`Model`: true",
        ("The flow listens to exactly these numbers afterwards.",)),
    Operation("ListBindingRelationsForFlowVersion", bindings.list_binding_relations, (_must("ChannelType", "Only WHATSAPP."), _must("FlowCode")),
        "`Data`: [{FlowCode, FlowVersion, ChannelType, WabaId, PhoneNumber, GmtCreate}]", ("Bindings belong to the flow, not to a version.",)),
)
_FILE_ROWS = (
    Operation("GeneratePresignedUrl", files.generate_presigned_url, (_must("FilePath", "The file's name.", ),), "`Data`: {Url, FilePath}",
        ("The address is of this server: `PUT` the file there within an hour, then give FilePath as answered, or the same Url.",)),
    Operation("GetChatappUploadAuthorization", files.get_chatapp_upload_authorization, (), "`Data`: {EndPoint, Dir, Expire, ...}",
        ("EndPoint is the whole address of this server to `PUT` one file to, and Dir its FilePath; Expire is a Unix time in seconds. There is no object store, so keys and bucket are empty.",), has_success=False),
)

_METRIC_ROWS = (
    Operation("GetChatappTemplateMetric", metrics.get_chatapp_template_metric, (
        _must("TemplateCode"), _P("Start", "integer", is_required=True, note="Milliseconds."), _P("End", "integer", is_required=True, note="At most 100 days later."),
        _P("Granularity", note="DAILY (the default) or HALF_HOUR, counted from Start."), _P("Language", note="Without it, all."), _P("TemplateType", note=_UNUSED)),
        "`Data`: [{TemplateCode, Language, Start, End, SentCount, DeliveredCount, ReadCount, Cliented}]",
        ("Cliented is empty: taps on buttons are counted at the flow's nodes.", "Stretches without messages are left out."), has_success=False),
    Operation("GetChatappPhoneNumberMetric", metrics.get_chatapp_phone_number_metric, (
        _P("Start", "integer", is_required=True, note="Milliseconds."), _P("End", "integer", is_required=True, note="At most 100 days later."),
        _P("Granularity", note="DAILY (the default) or HALF_HOUR, counted from Start."), _P("PhoneNumber", note="Without it, each number.")),
        "`Data`: [{PhoneNumber, Granularity, Start, End, SentCount, DeliveredCount}]", ("Stretches without messages are left out.",), has_success=False),
)

_NO_FALLBACK = "There is no fallback to SMS here."
_SEND = (
    _must("ChannelType", "Only whatsapp."), _must("From", "A sender's number, key or name."), _WABA_UNUSED, _P("TaskId", note="The caller's mark; told again in every report."),
    _P("FallBackId", refusal=_NO_FALLBACK), _P("FallBackContent", refusal=_NO_FALLBACK), _P("FallBackRule", note=_UNUSED), _P("FallBackDuration", "integer", note=_UNUSED),
    _P("Label", note=_UNUSED), _P("Tag", note=_UNUSED), _P("Ttl", "integer", note=_UNUSED), _P("TemplateCode"), _P("TemplateName", note="Understood when there is no TemplateCode."))
_SEND_ROWS = (
    Operation("SendChatappMessage", sends.send_chatapp_message, (
        *_SEND, _must("To", "Digits with the country code."), _must("Type", "template or message."), _P("Language", note="Required for a template."),
        _P("TemplateParams", "object", note="A media header takes `header`, a button's address what is left over."), _P("Payload", "list", note="Of the quick replies, in their order."),
        _P("MessageType", note="text, image, video, audio, document, sticker or interactive."), _P("Content", note="A JSON text, by MessageType."),
        _P("ContextMessageId", note="A MessageId, or the provider's own id."), _P("RecipientType", note="Only individual."),
        _P("FlowAction", "object", refusal="A template's own form is opened with what it says."), _P("ProductAction", "object", refusal="Catalogues are not supported."),
        _P("AdAccountId", note=_UNUSED), _P("Category", note=_UNUSED), _P("MessageCampaignId", note=_UNUSED), _P("TokenType", note=_UNUSED), _P("TrackingData", note=_UNUSED)),
        "`MessageId`", ("Whoever opted out, or did not write within 24 hours, gets nothing; the report says Deleted or Failed.", "A template needs the role `publisher`, a free message `author`."), has_success=False),
    Operation("SendChatappMassMessage", sends.send_chatapp_mass_message, (
        *_SEND, _must("Language"), _P("SenderList", "list", note="At most 1,000 of {To, TemplateParams, Payload}; required here."),),
        "`GroupMessageId`", ("All or none are taken.",), has_success=False),
    Operation("UpdateAccountWebhook", webhooks.update_account_webhook, (
        _must("CustSpaceId", _UNUSED), _P("StatusCallbackUrl", note="Required with HttpFlag Y."), _P("HttpFlag", note="N takes the address away."), _P("QueueFlag", note="Only N.")),
        "nothing more", ("Signed as every webhook of Clarion; needs the role `admin`.", "A number with an address of its own is told at both."), has_success=False),
    Operation("UpdatePhoneWebhook", webhooks.update_phone_webhook, (
        _must("CustSpaceId", _UNUSED), _must("PhoneNumber"), _P("StatusCallbackUrl", note="Empty takes the address away."), _P("UpCallbackUrl", note="Empty takes the address away."), _P("HttpFlag", note="N takes both away."), _P("QueueFlag", note="Only N.")),
        "nothing more", ("Signed as every webhook of Clarion; needs the role `admin`.",), has_success=False),
)
# fmt: on

OPERATION_ROWS = (
    *_MARKETING_ROWS,
    *_AUDIENCE_ROWS,
    *_FLOW_ROWS,
    *_FLOW_LIFE_ROWS,
    *_TEMPLATE_ROWS,
    *_MESSAGE_ROWS,
    *_SEND_ROWS,
    *_BINDING_ROWS,
    *_FILE_ROWS,
    *_METRIC_ROWS,
)
"""Every operation that is supported, in the order of the page."""

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {name: row for row in OPERATION_ROWS for name in (row.name, *row.aliases)}
)
"""Name on the wire -> operation."""

WITHOUT_SUCCESS = frozenset(
    name for name, operation in OPERATIONS.items() if not operation.has_success
)
"""Operations whose answers have no ``Success``, as in the original."""
