"""The rest of the Cloud API, off the hot path: templates, media, a sender's health.

Theory of operation.  Each function is one call, or one call repeated over pages, on an aiohttp
session that the caller owns.  What Meta refuses becomes ``ClarionError("provider.refused")`` with
Meta's own words in ``details["provider"]``; what cannot be reached, or answers something that is not
the Graph API, becomes ``provider.unreachable``.  Redirects are not followed: they would carry the
token to another host.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from clarion.channels.contract import SenderAccount, TemplateInfo
from clarion.channels.whatsapp.adapter import DEFAULT_BASE_URL, DEFAULT_VERSION
from clarion.channels.whatsapp.template_check import problems_of_template
from clarion.domain.errors import ClarionError

__all__ = [
    "create_template",
    "delete_template",
    "edit_template",
    "list_templates",
    "problems_of_template",
    "sender_health",
    "subscribe",
    "subscribed_apps",
    "upload_media",
]

_TEMPLATE_FIELDS = (
    "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason"
)
_TEMPLATES_A_PAGE = 100
_PAGES_AT_MOST = 100  # 10,000 templates; an account holds at most 6,000
_TIMEOUT = aiohttp.ClientTimeout(total=30.0, connect=10.0)

# Refusals (Meta's subcode) that have a name of their own.
_NAMED_REFUSALS: Mapping[int, str] = MappingProxyType({2388024: "template.name_taken"})

# What Meta calls it → what we call it.
_HEALTH_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "display_phone_number": "display_phone_number",
        "verified_name": "verified_name",
        "quality_rating": "quality",
        "status": "status",
        "name_status": "name_status",
        "code_verification_status": "verification_status",
        "platform_type": "platform",
        "whatsapp_business_manager_messaging_limit": "messaging_limit",
        "throughput": "throughput_level",
        "health_status": "health",
        "webhook_configuration": "callback_url",
    }
)
# Where Meta's webhooks may be configured, the place that counts first.
_CALLBACK_PLACES = ("phone_number", "whatsapp_business_account", "application")


async def list_templates(
    account: SenderAccount, session: aiohttp.ClientSession
) -> list[TemplateInfo]:
    """Every template of the sender's account, in Meta's order."""
    templates: list[TemplateInfo] = []
    query = {"fields": _TEMPLATE_FIELDS, "limit": str(_TEMPLATES_A_PAGE)}
    for _ in range(_PAGES_AT_MOST):
        page = await _call(account, session, "GET", _templates_path(account), params=query)
        rows = page.get("data")
        templates += [_template(row) for row in rows if isinstance(row, dict)] if rows else []
        after = _after(page)
        # The cursor, not the `next` URL: that one is Meta's to name, and our token goes with it.
        if after is None or after == query.get("after"):
            break
        query["after"] = after
    return templates


async def create_template(
    account: SenderAccount,
    session: aiohttp.ClientSession,
    *,
    name: str,
    language: str,
    category: str,
    components: Sequence[Mapping[str, Any]],
    parameter_format: str = "positional",
) -> TemplateInfo:
    """Hand a template in for approval; the answer's category may differ from the one asked for."""
    asked = {
        "name": name,
        "language": language,
        "category": category.upper(),
        "parameter_format": parameter_format.upper(),
        "components": list(components),
    }
    answer = await _call(account, session, "POST", _templates_path(account), body=asked)
    return _template({**asked, **answer})


async def edit_template(
    account: SenderAccount,
    session: aiohttp.ClientSession,
    provider_id: str,
    components: Sequence[Mapping[str, Any]],
    category: str | None = None,
) -> None:
    """Hand another text of a template in for approval; it is in review from then on."""
    body: dict[str, Any] = {"components": list(components)}
    if category is not None:
        body["category"] = category.upper()
    await _call(account, session, "POST", [provider_id], body=body)


async def delete_template(
    account: SenderAccount,
    session: aiohttp.ClientSession,
    name: str,
    provider_id: str | None = None,
) -> None:
    """Delete a template: every language of the name, or the one with ``provider_id``."""
    query = {"name": name} if provider_id is None else {"name": name, "hsm_id": provider_id}
    await _call(account, session, "DELETE", _templates_path(account), params=query)


async def sender_health(
    account: SenderAccount, session: aiohttp.ClientSession
) -> Mapping[str, Any]:
    """What Meta says about the number, in our words; what it leaves out is absent.

    Keys: ``display_phone_number``, ``verified_name``, ``quality``, ``status``, ``name_status``,
    ``verification_status``, ``platform``, ``messaging_limit``, ``throughput_level``, ``health``,
    ``callback_url`` (where webhooks are sent; ``None``: nowhere).
    """
    answer = await _call(
        account,
        session,
        "GET",
        [str(account.config["phone_number_id"])],
        params={"fields": ",".join(_HEALTH_WORDS)},
    )
    facts = {ours: answer[theirs] for theirs, ours in _HEALTH_WORDS.items() if theirs in answer}
    throughput = facts.get("throughput_level")
    if isinstance(throughput, dict):
        facts["throughput_level"] = throughput.get("level")
    if "callback_url" in facts:
        facts["callback_url"] = _callback_url(facts["callback_url"])
    return MappingProxyType(facts)


def _callback_url(configuration: object) -> str | None:
    if not isinstance(configuration, dict):
        return None
    urls = (configuration.get(place) for place in _CALLBACK_PLACES)
    return next((url for url in urls if isinstance(url, str) and url), None)


async def subscribed_apps(account: SenderAccount, session: aiohttp.ClientSession) -> Sequence[str]:
    """The names of the apps that get the account's webhooks."""
    path = [str(account.config["waba_id"]), "subscribed_apps"]
    rows = (await _call(account, session, "GET", path)).get("data")
    apps = [row.get("whatsapp_business_api_data") for row in rows or () if isinstance(row, dict)]
    return [
        str(app.get("name") or app.get("id") or "?") if isinstance(app, dict) else "?"
        for app in apps
    ]


async def subscribe(account: SenderAccount, session: aiohttp.ClientSession) -> None:
    """Let the account's webhooks come to the app whose token the sender has."""
    path = [str(account.config["waba_id"]), "subscribed_apps"]
    await _call(account, session, "POST", path, body={})


async def upload_media(
    account: SenderAccount,
    session: aiohttp.ClientSession,
    data: bytes,
    *,
    mime_type: str,
    filename: str,
) -> str:
    """Upload a file for this number's messages; the media id, kept by Meta for 30 days."""
    form = aiohttp.FormData()
    form.add_field("messaging_product", "whatsapp")
    form.add_field("type", mime_type)
    form.add_field("file", data, content_type=mime_type, filename=filename)
    path = [str(account.config["phone_number_id"]), "media"]
    answer = await _call(account, session, "POST", path, form=form)
    media_id = answer.get("id")
    if not isinstance(media_id, str | int) or not str(media_id):
        raise _unreachable("The provider answered the upload without a media id.")
    return str(media_id)


# The wire.


def _templates_path(account: SenderAccount) -> list[str]:
    return [str(account.config["waba_id"]), "message_templates"]


async def _call(
    account: SenderAccount,
    session: aiohttp.ClientSession,
    method: str,
    path: Sequence[str],
    *,
    params: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    form: aiohttp.FormData | None = None,
) -> Mapping[str, Any]:
    config = account.config
    base = str(config.get("base_url") or DEFAULT_BASE_URL).rstrip("/")
    parts = (str(config.get("version") or DEFAULT_VERSION), *path)
    url = "/".join([base, *(quote(part, safe="") for part in parts)])
    headers = {"authorization": f"Bearer {account.secrets['token']}"}
    if body is not None:
        headers["content-type"] = "application/json"
    try:
        async with session.request(
            method,
            url,
            params=params,
            data=orjson.dumps(body) if body is not None else form,
            headers=headers,
            timeout=_TIMEOUT,
            allow_redirects=False,
        ) as response:
            raw = await response.read()
            return _document(response.status, raw)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise _unreachable(f"The provider could not be reached: {reason}.") from error


def _document(status: int, raw: bytes) -> Mapping[str, Any]:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        document = None
    error = document.get("error") if isinstance(document, dict) else None
    if isinstance(error, dict):
        raise _refused(status, error)
    if status != 200 or not isinstance(document, dict):
        raise _unreachable(
            f"What answered (HTTP {status}) is not the provider's API.", http_status=status
        )
    return document


def _refused(status: int, error: Mapping[str, Any]) -> ClarionError:
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else data
    message = error.get("error_user_msg") or details or error.get("message") or "no reason given"
    code = error.get("code")
    subcode = error.get("error_subcode")
    return ClarionError(
        _NAMED_REFUSALS.get(subcode, "provider.refused")
        if isinstance(subcode, int)
        else "provider.refused",
        f"The provider refused the request: {message} (code {code}).",
        provider={"code": code, "message": message, "http_status": status},
    )


def _unreachable(message: str, **details: Any) -> ClarionError:
    return ClarionError("provider.unreachable", message, **details)


def _after(page: Mapping[str, Any]) -> str | None:
    paging = page.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _template(row: Mapping[str, Any]) -> TemplateInfo:
    quality = row.get("quality_score")
    score = quality.get("score") if isinstance(quality, dict) else None
    reason = row.get("rejected_reason")
    components = row.get("components")
    return TemplateInfo(
        provider_id=str(row.get("id", "")),
        name=str(row.get("name", "")),
        language=str(row.get("language", "")),
        status=str(row.get("status", "unknown")).lower(),
        category=str(row.get("category", "unknown")).lower(),
        parameter_format=str(row.get("parameter_format", "positional")).lower(),
        components=tuple(components) if isinstance(components, list) else (),
        quality=score.lower() if isinstance(score, str) and score != "UNKNOWN" else None,
        rejected_reason=reason.lower() if isinstance(reason, str) and reason != "NONE" else None,
    )
