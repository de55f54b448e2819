"""The slow calls: templates, numbers, media.

Every function answers with a document or the refusal that the platform would give.  A new or edited template
is ``PENDING`` until the review, which comes ``template_review_seconds`` later with its webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.media import read_upload
from clarion.channels.simulator.numbers import Number
from clarion.channels.simulator.templates import Template, definition_problem
from clarion.channels.simulator.world import World

__all__ = ["Management"]

_Outcome = Mapping[str, Any] | Refusal
_PAGE_COUNT = 25
_TEMPLATE_LIMIT = 250
_FILTERS = ("name", "status", "category", "language")
_REJECT_WORD = "reject"  # a template whose name holds it does not pass the review


class Management:
    """Answers what is not a send."""

    def __init__(self, world: World) -> None:
        self._world = world

    def account_of(self, node: str) -> str | None:
        """The business account that a number, template or medium belongs to."""
        number = self._world.numbers.get(node)
        template = self._world.templates.by_id(node)
        medium = self._world.media.get(node)
        if number is None and medium is not None:
            number = self._world.numbers.get(medium.phone_number_id)
        if number is not None:
            return number.waba_id
        return template.waba_id if template is not None else None

    def show(self, node: str, query: Mapping[str, str], base_url: str) -> _Outcome:
        """A number, a template, a medium or an account by its id."""
        number = self._world.numbers.get(node)
        if number is not None:
            return number.as_document(query.get("fields"))
        template = self._world.templates.by_id(node)
        if template is not None:
            return _chosen(template.as_document(), query.get("fields"))
        medium = self._world.media.get(node)
        if medium is not None:
            asked = query.get("phone_number_id")
            if asked is not None and asked != medium.phone_number_id:
                return Refusal(100, "The media does not belong to this phone number.", subcode=33)
            return medium.as_document(base_url)
        return {"id": node, "name": "Simulated account", "currency": "USD", "timezone_id": "1"}

    def list_numbers(self, waba_id: str, query: Mapping[str, str]) -> _Outcome:
        """The numbers of an account."""
        return {
            "data": [
                number.as_document(query.get("fields"))
                for number in self._world.numbers.values()
                if number.waba_id == waba_id
            ],
            "paging": {"cursors": {"before": "MAZDZD", "after": "MAZDZD"}},
        }

    async def subscribe(self, waba_id: str, body: bytes) -> _Outcome:
        """Give an account another callback; the handshake decides."""
        document = _object(body) if body else {}
        if isinstance(document, Refusal):
            return document
        url = document.get("override_callback_uri")
        numbers = self._numbers_of(waba_id)
        for number in numbers:
            number.is_subscribed = True
        if not url:
            return {"success": True}
        known = numbers[0].subscription
        if known is None:
            return Refusal(100, "The app has no app secret; register the number with one first.")
        subscription = self._world.subscription(
            str(url), str(document.get("verify_token", "")), known.app_secret
        )
        await self._world.pump.shake_hands(subscription)
        if not subscription.is_verified:
            return Refusal(100, f"Callback verification failed: {subscription.handshake_problem}")
        for number in numbers:
            number.subscription = subscription
        return {"success": True}

    def list_apps(self, waba_id: str) -> _Outcome:
        """The apps that get the account's updates: ours, or none."""
        app = {"id": "1", "name": "Simulated app", "link": "https://simulated.example/app"}
        is_subscribed = any(number.is_subscribed for number in self._numbers_of(waba_id))
        return {"data": [{"whatsapp_business_api_data": app}] if is_subscribed else []}

    def unsubscribe(self, waba_id: str) -> _Outcome:
        """Tell the app nothing more of the account."""
        for number in self._numbers_of(waba_id):
            number.is_subscribed = False
        return {"success": True}

    def _numbers_of(self, waba_id: str) -> list[Number]:
        return [number for number in self._world.numbers.values() if number.waba_id == waba_id]

    # media

    def upload(self, number: Number, content_type: str, body: bytes) -> _Outcome:
        """Keep an upload."""
        upload = read_upload(content_type, body)
        if upload is None:
            return Refusal(100, "The parameter file is required.")
        fields, file_type, content = upload
        if fields.get("messaging_product") != "whatsapp":
            return Refusal(100, "The parameter messaging_product is required.")
        mime_type = fields.get("type") or file_type
        return {"id": self._world.media.put(number.phone_number_id, mime_type, content).id}

    def delete_media(self, node: str) -> _Outcome:
        """Forget an upload."""
        if self._world.media.remove(node):
            return {"success": True}
        return Refusal(100, f"Object with ID '{node}' cannot be deleted.", subcode=33)

    # templates

    def list_templates(self, waba_id: str, query: Mapping[str, str], base_url: str) -> _Outcome:
        """A page of templates."""
        chosen = [
            template
            for template in self._world.templates.of_account(waba_id)
            if all(
                query[name].lower() in str(getattr(template, name)).lower()
                if name == "name"
                else query[name].lower() == str(getattr(template, name)).lower()
                for name in _FILTERS
                if name in query
            )
        ]
        try:
            limit = max(1, int(query.get("limit", _PAGE_COUNT)))
            start = int(query["after"], 36) if query.get("after") else 0
        except ValueError:
            return Refusal(100, "The parameter limit or after is not valid.")
        page = chosen[start : start + limit]
        document: dict[str, Any] = {
            "data": [_chosen(template.as_document(), query.get("fields")) for template in page]
        }
        if "summary" in query:
            document["summary"] = {
                "total_count": len(chosen),
                "message_template_count": len(self._world.templates.of_account(waba_id)),
                "message_template_limit": _TEMPLATE_LIMIT,
                "are_translations_complete": True,
            }
        if page:
            before, after = _cursor(start), _cursor(start + len(page))
            document["paging"] = {"cursors": {"before": before, "after": after}}
            if start + len(page) < len(chosen):
                following = urlencode({**query, "after": after})
                document["paging"]["next"] = f"{base_url}/{waba_id}/message_templates?{following}"
        return document

    def create_template(self, waba_id: str, body: bytes) -> _Outcome:
        """Take a definition for review."""
        document = _object(body)
        problem = document if isinstance(document, Refusal) else definition_problem(document)
        if problem is not None or isinstance(document, Refusal):
            return problem or Refusal(100, "Invalid parameter")
        if self._world.templates.find(waba_id, document["name"], document["language"]):
            return Refusal(100, "Content in this language already exists.", subcode=2388024)
        template = self._world.templates.add(waba_id, document, "PENDING", self._world.clock.now())
        self._review_later(template)
        return {"id": template.id, "status": template.status, "category": template.category}

    def edit_template(self, template_id: str, body: bytes) -> _Outcome:
        """Change a template's components or category; it is reviewed again."""
        template = self._world.templates.by_id(template_id)
        if template is None:
            return Refusal(100, f"Object with ID '{template_id}' is not a template.", subcode=33)
        document = _object(body)
        if isinstance(document, Refusal):
            return document
        whole = {**template.as_document(), **document, "name": template.name}
        whole["language"] = template.language
        problem = definition_problem(whole)
        if problem is not None:
            return problem
        changed = self._world.templates.change(
            template_id,
            components=tuple(whole["components"]),
            category=str(whole["category"]).upper(),
            status="PENDING",
        )
        if changed is not None:
            self._review_later(changed)
        return {"success": True}

    def unpause_template(self, template_id: str) -> _Outcome:
        """Let a paused template be sent again."""
        template = self._world.templates.by_id(template_id)
        if template is None or template.status != "PAUSED":
            return Refusal(100, "The template is not paused.")
        self._world.set_template_status(template, "APPROVED")
        return {"success": True}

    def delete_templates(self, waba_id: str, query: Mapping[str, str]) -> _Outcome:
        """Delete by name (every language), or by name and id."""
        name, wanted_id = query.get("name"), query.get("hsm_id")
        ids = query.get("hsm_ids", "").strip("[]").replace('"', "").split(",")
        chosen = [
            template
            for template in self._world.templates.of_account(waba_id)
            if (template.name == name and wanted_id in {None, template.id}) or template.id in ids
        ]
        if not chosen:
            return Refusal(100, "Message Template Not Found", subcode=2593002)
        for template in chosen:
            self._world.templates.remove(template.id)
        return {"success": True}

    def _review_later(self, template: Template) -> None:
        seconds = self._world.settings.timing.template_review_seconds
        self._world.agenda.after_people(seconds, self._review, template.id)

    def _review(self, template_id: str) -> None:
        template = self._world.templates.by_id(template_id)
        if template is None or template.status != "PENDING":
            return
        if _REJECT_WORD in template.name:
            self._world.set_template_status(template, "REJECTED", "INVALID_FORMAT")
        else:
            self._world.set_template_status(template, "APPROVED")


def _object(body: bytes) -> dict[str, Any] | Refusal:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Refusal(100, "The request body is not valid JSON.")
    return document if isinstance(document, dict) else Refusal(100, "A JSON object is required.")


def _chosen(document: Mapping[str, Any], fields: str | None) -> dict[str, Any]:
    if not fields:
        return dict(document)
    names = {name.strip() for name in fields.split(",")} | {"id"}
    return {name: value for name, value in document.items() if name in names}


def _cursor(position: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while True:
        position, digit = divmod(position, 36)
        text = digits[digit] + text
        if not position:
            return text
