"""What this endpoint answers when it does not do what was asked: two tables.

Theory of operation.  CAMS refuses in two ways, and so do we.  A *gateway error* is about the request
itself (its signature, its action, a missing parameter): HTTP 4xx with ``Code``, ``Message``,
``RequestId``, ``HostId`` and ``Recommend``; the official SDK raises it.  A *business error* is about
the thing that was asked for: HTTP 200 with a ``Code`` other than ``OK`` and ``Success`` false; the
SDK returns it.  Services raise ``ClarionError``; ``refusal_of`` translates each kind by the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clarion.domain.errors import ClarionError, FieldError

__all__ = [
    "BUSINESS_CODES",
    "FIELD_CODES",
    "GATEWAY_CODES",
    "OWN_BUSINESS_CODES",
    "TEMPLATE_CODES",
    "Refusal",
    "RefusedError",
    "invalid",
    "missing",
    "refusal_of",
    "refuse",
    "refuse_business",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal as it is answered; ``status`` 200 is a business error."""

    code: str
    status: int
    message: str
    recommend: str

    @property
    def is_business(self) -> bool:
        """Whether the thing asked for was refused, and not the request."""
        return self.status == 200


class RefusedError(Exception):
    """Carries a refusal out of a handler."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


# fmt: off
# Code -> HTTP status, what to do next.
GATEWAY_CODES: Mapping[str, tuple[int, str]] = MappingProxyType({
    "MissingAccessKeyId": (400, "Sign with a key made by `clarion key create`."),
    "IncompleteSignature": (400, "Sign with an official SDK, in its default signature or in v2."),
    "SignatureMethodNotSupported": (400, "Use the SDK's default signature, or v2."),
    "InvalidAccessKeyId.NotFound": (404, "Use the access_key_id of a key that is not revoked."),
    "SignatureDoesNotMatch": (400, "Check the secret; a proxy must not change Host, User-Agent or Accept."),
    "SignatureNonceUsed": (400, "Sign every request anew."),
    "InvalidTimeStamp.Format": (400, "Write the time in UTC, as YYYY-MM-DDTHH:MM:SSZ."),
    "InvalidTimeStamp.Expired": (400, "Set the client's clock; 15 minutes of difference are accepted."),
    "InvalidVersion": (400, "Ask for version 2020-06-06."),
    "InvalidAction.NotFound": (404, "See the list of operations in docs/reference/cams-compatibility.md."),
    "UnsupportedOperation": (400, "See docs/reference/cams-compatibility.md."),
    "UnsupportedParameter": (400, "See docs/reference/cams-compatibility.md."),
    "MissingParameter": (400, "Give the parameter named in the message."),
    "InvalidParameter": (400, "Correct the parameter named in the message."),
    "Authentication.NoAuth": (403, "Ask an administrator for a key with the role named in the message."),
    "Throttling.User": (400, "Wait a moment, then repeat."),
    "ServiceUnavailable": (503, "Repeat later."),
    "InternalError": (500, "Repeat later; give the RequestId to whoever runs this server."),
})

# A service's error -> our business code.
BUSINESS_CODES: Mapping[str, str] = MappingProxyType({
    "campaign.not_found": "Activity.NotExist",
    "campaign.status_not_allowed": "Activity.StatusNotAllow",
    "campaign.invalid": "Activity.Invalid",
    "campaign.stale": "Activity.Changed",
    "flow.not_found": "Flow.NotExist",
    "flow.version_not_found": "Flow.VersionNotExist",
    "flow.invalid": "Flow.Invalid",
    "flow.name_taken": "Flow.TitleExist",
    "flow.stale": "Flow.Changed",
    "flow.not_published": "Flow.NotOnline",
    "flow.trigger_not_manual": "Flow.TriggerTypeNotManual",
    "flow.in_use": "Flow.InUse",
    "flow.published": "Flow.Online",
    "flow.inputs_invalid": "Flow.ParamsInvalid",
    "group.not_found": "Group.NotExist",
    "group.name_taken": "Group.NameExist",
    "group.in_use": "Group.InUse",
    "group.is_system": "Group.System",
    "contact.not_found": "Contact.NotExist",
    "contact.address_taken": "Contact.DetailsExist",
    "contact.phone_invalid": "InvalidParameter.PhoneNumberError",
    "contact.last_group": "Contact.LastGroup",
    "contact.no_address": "Contact.DetailsMissing",
    "template.not_found": "DetailError.TemplateNotExist",
    "template.invalid": "InvalidParameter.MessageInvalid",
    "template.name_taken": "InvalidParameter.TemplateNameExist",
    "sender.not_found": "ERR-OPERATION-MAAP-0065",
    "sender.none_for_channel": "ERR-OPERATION-MAAP-0060",
    "provider.refused": "CHAT.APIError",
    "provider.unreachable": "CHAT.APIUnreachable",
    "request.invalid": "InvalidParameter.Value",
    "message.invalid": "InvalidParameter.MessageInvalid",
    "message.not_found": "Message.NotExist",
    "binding.not_found": "Flow.BindingNotExist",
    "binding.flow_published": "Flow.Online",
    "binding.trigger_manual": "Flow.TriggerTypeManual",
    "binding.channel_differs": "InvalidParameter.ChannelTypeNotSupport",
    "upload.not_found": "InvalidParameter.FilePath",
    "import.file_unreadable": "InvalidParameter.FileInvalid",
    "start.key_conflict": "Flow.UuidConflict",
    "webhook_endpoint.invalid": "InvalidParameter.CallbackUrl",
})

# The field at fault -> a narrower code; (path, code of the fault or "" for any).
FIELD_CODES: Mapping[tuple[str, str], str] = MappingProxyType({
    ("name", "too_long"): "Activity.NameTooLong",
    ("name", ""): "Activity.NameInvalid",
    ("description", ""): "Activity.DescTooLong",
    ("start_at", ""): "Activity.DateInvalid",
    ("end_at", ""): "Activity.DateInvalid",
    ("plan", ""): "Activity.CronInvalid",
    ("parameters", ""): "Activity.ParamsInvalid",
})

# What is wrong with a template -> the original's code, in its own spelling.
TEMPLATE_CODES: Mapping[str, str] = MappingProxyType({
    "template.language": "InvalidParameter.LanguageNotSupport",
    "template.header_format": "InvalidParameter.HeaderTypeNotSupport",
    "template.header_variables": "InvalidParameter.HeaderMoreVarable",
    "template.footer_variable": "InvalidParameter.FooterHaveVariable",
    "template.button_text_variable": "InvalidParameter.ButtonTextHaveVariable",
    "template.url_variables": "InvalidParameter.UrlMoreVarable",
})

# Business codes that arise here and not in a service, and what each means.
OWN_BUSINESS_CODES: Mapping[str, str] = MappingProxyType({
    "Activity.ExecutionTypeNotSupport": "A campaign here always has a plan; ExecutionType is `1`, `Schedule` or `2`.",
    "InvalidParameter.PageInvalid": "A page is counted from 1 and has 1 to 100 entries.",
    "InvalidParameter.TemplateTypeNotSupport": "Only WHATSAPP templates are managed here.",
    "InvalidParameter.ChannelTypeNotSupport": "Only messages of WhatsApp are sent and listed here.",
    "InvalidParameter.CategoryNotSupport": "A template is UTILITY, MARKETING or AUTHENTICATION.",
    "InvalidParameter.AuditStatusNotSupport": "AuditStatus is pass, fail, auditing or unaudit.",
    "InvalidParameter.ComponentNotSupport": "The kind of component or button cannot be translated.",
    "InvalidParameter.FlowViewModel": "FlowViewModel is not a flow file (a JSON object).",
    "InvalidParameter.GroupsInvalid": "The list of groups or contacts cannot be read.",
    "DelError.TemplateNotExist": "There is no such template to delete.",
    "Flow.DraftExist": "The flow's draft has changes that were not put online; they would be lost.",
    "Flow.VersionNotDraft": "A version that was online never changes; only the draft does.",
    "Flow.VersionNotOnline": "The version is not the one that is online.",
    "InvalidParameter.MessageInvalid": "The message cannot be sent like this.",
    "InvalidParameter.TemplateParams": "TemplateParams does not fit the template.",
    "ERR-OPERATION-MAAP-0085": "The address must begin with http or https.",
    "Flow.TemplateNotExist": "There is no such sample flow.",
    "Message.TooManyExamined": "The page lies too deep; narrow the search.",
})
# fmt: on


def refuse(code: str, message: str) -> Refusal:
    """A gateway error; ``code`` is a key of ``GATEWAY_CODES``, or begins with one and a dot."""
    status, recommend = GATEWAY_CODES.get(code) or GATEWAY_CODES[code.partition(".")[0]]
    return Refusal(code, status, message, recommend)


def missing(name: str) -> RefusedError:
    """``Missing<Name>``, to raise."""
    status, recommend = GATEWAY_CODES["MissingParameter"]
    message = f"{name} is mandatory for this action."
    return RefusedError(Refusal(f"Missing{name}", status, message, recommend))


def invalid(name: str, what: str) -> RefusedError:
    """``InvalidParameter.<Name>``, to raise; ``what`` says what the parameter must be."""
    return RefusedError(refuse(f"InvalidParameter.{name}", f"{name} must be {what}."))


def refuse_business(code: str, message: str | None = None) -> RefusedError:
    """A business error to raise; ``code`` is a key of ``OWN_BUSINESS_CODES``."""
    meaning = OWN_BUSINESS_CODES[code]
    return RefusedError(Refusal(code, 200, message or meaning, meaning))


def refusal_of(error: ClarionError) -> Refusal:
    """How a service's error is answered."""
    if error.code == "access.forbidden":
        return refuse("Authentication.NoAuth", error.message)
    if error.code == "request.rate_limited":
        return refuse("Throttling.User", error.message)
    if error.fault == "us":
        return refuse(
            "ServiceUnavailable" if error.status == 503 else "InternalError", error.message
        )
    code = BUSINESS_CODES.get(error.code, error.code)
    if error.code == "campaign.invalid" and error.field_errors:
        code = _field_code(error.field_errors[0]) or code
    if error.code == "template.invalid" and error.field_errors:
        code = TEMPLATE_CODES.get(error.field_errors[0].code, code)
    told = "".join(f" {field.path}: {field.message}" for field in error.field_errors)
    return Refusal(code, 200, f"{error.message}{told} {error.next_step}", error.next_step)


def _field_code(fault: FieldError) -> str | None:
    root = fault.path.partition(".")[0]
    return FIELD_CODES.get((root, fault.code)) or FIELD_CODES.get((root, ""))
