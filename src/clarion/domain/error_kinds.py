"""The table of error kinds, one block per noun; see ``clarion.domain.errors``.

A code is ``<noun>.<what_happened>``, never renamed once released.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["ERROR_KINDS", "ErrorKind", "Fault"]

Fault = Literal["caller", "provider", "us"]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One row of the table: what is the same each time this error happens."""

    code: str
    status: int
    fault: Fault
    is_retryable: bool
    title: str
    next_step: str


def _caller(code: str, status: int, title: str, next_step: str) -> ErrorKind:
    return ErrorKind(code, status, "caller", False, title, next_step)


# Tables: one row a line.
# fmt: off
REQUEST_ERRORS = (
    _caller("request.invalid", 422, "The request is not valid", "Correct the fields named in `errors` and send it again."),
    _caller("request.malformed", 400, "The request could not be read", "Send a well-formed JSON body with `Content-Type: application/json`."),
    _caller("request.too_large", 413, "The request is too large", "Send less at once; the limit is in the message."),
    _caller("request.not_found", 404, "There is nothing at this address", "Check the path against /api/openapi.json."),
    _caller("request.method_not_allowed", 405, "This address does not know this method", "Use a method named in the `Allow` header."),
    _caller("request.cursor_invalid", 400, "The paging cursor is not one of ours", "Start again without `cursor`."),
    _caller("request.idempotency_conflict", 409, "This Idempotency-Key was used for another request", "Use a new key for a new request."),
    ErrorKind("request.in_progress", 409, "caller", True, "The same request is still being answered", "Wait a moment and repeat it with the same Idempotency-Key."),
    ErrorKind("request.rate_limited", 429, "caller", True, "Too many requests", "Wait for the seconds in `Retry-After`, then repeat."),
    ErrorKind("server.failed", 500, "us", True, "Something broke on our side", "Repeat later; give the request id to whoever runs this server."),
    ErrorKind("server.unavailable", 503, "us", True, "The server is not ready", "Wait until /readyz answers 200."),
)

ACCESS_ERRORS = (
    _caller("access.not_signed_in", 401, "Sign in first", "Sign in, or send `Authorization: Bearer <token>` of a key that is not revoked."),
    _caller("access.wrong_credentials", 401, "E-mail or password is wrong", "Check both; an administrator can set a new password with `clarion user password`."),
    _caller("access.forbidden", 403, "Your role does not allow this", "Ask an administrator of the workspace for the role named in the message."),
    _caller("access.csrf", 403, "The request does not carry the session's CSRF token", "Send the value of the `clarion_csrf` cookie in the `X-CSRF-Token` header."),
    ErrorKind("access.locked", 429, "caller", True, "Too many failed sign-ins", "Wait for the seconds in `Retry-After`."),
    _caller("user.not_found", 404, "There is no such user", "List the users of the workspace."),
    _caller("user.email_taken", 409, "A user with this e-mail exists", "Give the existing user a role in this workspace instead."),
    _caller("user.last_admin", 409, "A workspace keeps at least one admin", "Make somebody else admin first."),
    _caller("key.not_found", 404, "There is no such key", "List the keys of the workspace."),
    _caller("workspace.not_found", 404, "There is no such workspace", "List the workspaces that you may enter."),
)

CONTACT_ERRORS = (
    _caller("contact.not_found", 404, "There is no such contact", "Search the contacts of the workspace."),
    _caller("contact.address_taken", 409, "Another contact has this address", "Update that contact, or merge the two."),
    _caller("contact.phone_invalid", 422, "This is not a valid phone number", "Write it in international form (+country code), or name the country."),
    _caller("contact.last_group", 409, "A contact keeps at least one group", "Add the contact to another group first, or delete the contact."),
    _caller("contact.no_address", 422, "A contact needs a phone number or another address", "Give a phone number or an address."),
    _caller("group.not_found", 404, "There is no such group", "List the groups of the workspace."),
    _caller("group.name_taken", 409, "A group with this name exists", "Choose another name."),
    _caller("group.in_use", 409, "A campaign that is not over uses this group", "Change or delete the campaigns named in `campaigns` first."),
    _caller("group.is_system", 409, "This group belongs to the system", "Use a group of your own."),
    _caller("bulk_action.not_found", 404, "There is no such bulk action", "List the bulk actions of the workspace."),
    _caller("bulk_action.no_result", 404, "The bulk action left no file behind", "Files are kept for a week; kinds other than `export` leave one only when contacts were refused."),
    _caller("upload.not_found", 404, "There is no such upload", "Ask for a new address; one is open for an hour and takes one file."),
    _caller("job.not_found", 404, "There is no such failed job", "List the failed jobs; it may run again, or be done."),
    _caller("import.not_found", 404, "There is no such import", "List the imports of the workspace."),
    _caller("import.file_unreadable", 422, "The file could not be read", "Save it as CSV (UTF-8) or XLSX and try again."),
    _caller("import.no_phone_column", 422, "No column with phone numbers was found", "Name one column `phone`, or give the mapping of the columns."),
    _caller("import.too_large", 413, "The file is too large", "Split it; the limit is in the message."),
    _caller("contact.address_not_found", 404, "The contact has no such address", "Read the contact; its addresses have ids."),
    _caller("import.mapping_invalid", 422, "The mapping of the columns does not fit the file", "Name columns of the file, and the fields named in the message."),
)

FLOW_ERRORS = (
    _caller("flow.not_found", 404, "There is no such flow", "List the flows of the workspace."),
    _caller("flow.version_not_found", 404, "There is no such version of the flow", "List the versions of the flow."),
    _caller("session.not_found", 404, "There is no such session", "List the sessions of the flow or of the contact."),
    _caller("flow.invalid", 422, "The flow has problems", "Mend the problems listed in `problems`; `clarion flow check FILE` shows them too."),
    _caller("flow.name_taken", 409, "A flow with this name exists", "Choose another name."),
    _caller(
        "flow.stale",
        409,
        "Somebody else changed the draft meanwhile",
        "Read the flow again and repeat your change.",
    ),
    _caller("flow.not_published", 409, "The flow has no published version", "Publish it first."),
    _caller("flow.trigger_not_manual", 409, "Only a flow with the manual trigger can be started by a campaign or by hand", "Choose a flow with the trigger `manual`."),
    _caller("flow.in_use", 409, "A campaign that is not over uses this flow", "Change or delete the campaigns named in `campaigns` first."),
    _caller("flow.published", 409, "A published flow cannot be deleted", "Unpublish it first."),
    _caller("flow.inputs_invalid", 422, "The inputs do not fit the flow", "Give every required input; see `errors`."),
    _caller("binding.not_found", 404, "The flow does not listen to this sender", "List the bindings of the flow."),
    _caller("binding.flow_published", 409, "A published flow keeps its senders", "Unpublish it, change its senders, and publish it again."),
    _caller("binding.trigger_manual", 409, "A flow that is started by hand listens to no sender", "Choose a flow whose trigger is the sender's channel."),
    _caller("binding.channel_differs", 409, "The flow's trigger is not the sender's channel", "Choose a sender of the channel that starts the flow."),
    _caller("start.not_found", 404, "There is no such start", "List the starts of the flow."),
    _caller("start.key_conflict", 409, "This key was used for another start", "Use a new key for a new start; a repeated one names the same flow, contact and inputs."),
)

CAMPAIGN_ERRORS = (
    _caller("campaign.not_found", 404, "There is no such campaign", "Search the campaigns of the workspace."),
    _caller("campaign.status_not_allowed", 409, "The campaign's status does not allow this", "See `status` and `allowed_actions` for what is possible now."),
    _caller("campaign.invalid", 422, "The campaign is not valid", "Correct the fields that are named."),
    _caller("campaign.stale", 409, "Somebody else changed the campaign meanwhile", "Read it again and repeat your change."),
    _caller("dry_run.not_found", 404, "There is no such dry run", "List the dry runs of the campaign; old ones are forgotten after a week."),
    _caller("dry_run.person_not_found", 404, "The contact is not in this dry run", "List the people of the dry run."),
    _caller("dry_run.no_occurrence", 422, "The campaign does not fire then", "Choose one of the next occurrences, or give the plan one that is still to come."),
    _caller("dry_run.not_finished", 409, "The dry run is still computing", "Wait until its status is `finished`."),
    _caller("occurrence.not_found", 404, "There is no such occurrence", "List the occurrences of the campaign."),
    _caller("participant.not_found", 404, "The contact was not in the audience of this occurrence", "Check the groups of the campaign, and since when the contact is in them."),
)

SENDER_ERRORS = (
    _caller("sender.not_found", 404, "There is no such sender", "List the senders of the workspace."),
    _caller("sender.name_taken", 409, "A sender with this name exists", "Choose another name."),
    _caller("sender.none_for_channel", 409, "The workspace has no active sender of this channel", "Add one with `clarion sender add`."),
    _caller("sender.in_use", 409, "The sender still has messages to send", "Suspend its campaigns and wait until its outbox is empty."),
    _caller("simulator.not_used", 409, "The sender does not speak to a simulator of this installation", "Choose a sender whose base URL is the one that `CLARION_SIMULATOR_URL` names."),
    _caller("template.invalid", 422, "The provider would refuse the template", "Correct the fields named in `errors`."),
    _caller("template.name_taken", 409, "The account has this template in this language", "Change that one, or choose another name."),
    _caller("template.not_found", 404, "There is no such template", "Synchronise the templates of the sender, then check name and language."),
    ErrorKind("provider.refused", 502, "provider", False, "The provider refused the request", "Read the provider's code and message in `provider`."),
    ErrorKind("provider.unreachable", 502, "provider", True, "The provider could not be reached", "Check the sender's base URL and the network, then repeat."),
    _caller("webhook.signature_invalid", 403, "The webhook's signature does not fit", "Check the app secret of the sender."),
    _caller("webhook.not_found", 404, "No sender listens at this webhook address", "Use the address that `clarion sender add` printed."),
    _caller("webhook.malformed", 400, "The webhook's body could not be read", "Send the provider's JSON body unchanged."),
    _caller("message.not_found", 404, "There is no such message", "Search the messages of the workspace."),
    _caller("message.invalid", 422, "The provider would refuse the message", "Correct the fields named in `errors`."),
    _caller("message.refused", 409, "This person may not be written to now", "See `reason`. Outside of the 24 hour window only a template may be sent."),
    _caller("conversation.not_found", 404, "There is no such conversation", "List the conversations of the workspace."),
    _caller("conversation.closed", 409, "The conversation is closed", "List the open conversations."),
)

CAMS_ERRORS = (
    ErrorKind("cams.refused", 502, "provider", False, "The CAMS endpoint refused the request", "Check the key and its permissions over there; see the message."),
    ErrorKind("cams.unreachable", 502, "provider", True, "The CAMS endpoint gave no answer", "Check the address, the protocol (http or https) and the network, then repeat."),
    _caller("cams.sdk_missing", 422, "The CAMS SDK is not installed", "Install it: `pip install 'clarion[cams]'`."),
)

ENDPOINT_ERRORS = (
    _caller("webhook_endpoint.not_found", 404, "There is no such webhook endpoint", "List the webhook endpoints of the workspace."),
    _caller("webhook_endpoint.name_taken", 409, "A webhook endpoint with this name exists", "Choose another name."),
    _caller("webhook_endpoint.invalid", 422, "The webhook endpoint is not valid", "Correct the fields that are named."),
    _caller("webhook_delivery.not_found", 404, "There is no such delivery", "List the deliveries of the endpoint."),
)

SETTING_ERRORS = (
    _caller("setting.invalid", 422, "A setting is not valid", "See docs/reference/settings.md for what it accepts."),
    ErrorKind("database.unreachable", 503, "us", True, "The database could not be reached", "Run `clarion doctor`."),
    _caller("database.too_old", 500, "PostgreSQL is too old", "Use PostgreSQL 15 or later."),
    _caller("database.schema_behind", 500, "The database's schema is behind this version", "Run `clarion migrate`."),
    _caller("database.schema_ahead", 500, "The database's schema is newer than this version", "Run the version of Clarion that the database was last used with, or a later one."),
    _caller("database.schema_changed", 500, "An applied step of the schema has another text now", "Install an unchanged release of Clarion; applied steps must never be edited."),
    _caller("data_dir.unusable", 500, "The data directory cannot be used", "Give another one with `--data-dir`, or mend what the message names."),
    _caller("data_dir.in_use", 409, "Another server uses this data directory", "Stop it first, or give another `--data-dir`."),
    _caller("data_dir.not_a_demo", 409, "This folder does not belong to a demo", "Name another folder with `--data-dir`, or leave it out to use the demo's own."),
    _caller("bench.not_found", 404, "There is no such bench", "Run `clarion bench` in a checkout to list them."),
    _caller("port.in_use", 409, "The port is taken", "Give another one with `--port`."),
    ErrorKind("simulator.failed", 500, "us", True, "The simulator does not work", "Look into `simulator.log` in the demo's folder, then start again."),
    _caller("secret.not_found", 404, "There is no such secret", "Set it with `clarion secret set NAME`, or correct the name."),
    _caller("secret.name_taken", 409, "A secret of that name exists", "Give it another value instead, or choose another name."),
    _caller("secret.name_invalid", 422, "The name of the secret is not valid", "Use letters, digits and `_`, at most 64, beginning with a letter."),
    _caller("secret.unreadable", 500, "A stored secret cannot be opened", "Set CLARION_SECRET_KEY to the key that sealed it."),
)
# fmt: on

ERROR_KINDS = MappingProxyType(
    {
        kind.code: kind
        for kinds in (
            REQUEST_ERRORS,
            ACCESS_ERRORS,
            CONTACT_ERRORS,
            FLOW_ERRORS,
            CAMPAIGN_ERRORS,
            SENDER_ERRORS,
            CAMS_ERRORS,
            ENDPOINT_ERRORS,
            SETTING_ERRORS,
        )
        for kind in kinds
    }
)
