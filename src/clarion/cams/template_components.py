"""Components of templates: the CAMS form and the provider's form, both ways, purely.

Theory of operation.  CAMS writes a variable as ``$(name)`` and gives samples beside the components;
WhatsApp writes ``{{name}}`` and puts samples inside them.  A variable in a button's address is
numbered at WhatsApp, whatever it was called.  One table a direction says how each kind of component
and button is translated; a kind that is in no table cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from clarion.cams.refusals import refuse_business

__all__ = ["components_from_wire", "components_to_wire", "samples_of"]

_Item = Mapping[str, Any]
_Samples = Mapping[str, str]

_WIRE_VARIABLE = re.compile(r"\$\(\s*(\w+)\s*\)")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MEDIA = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})
_NO_SAMPLE = "sample"


def components_from_wire(components: Sequence[Any], samples: _Samples) -> list[dict[str, Any]]:
    """The provider's form.  Raises ``InvalidParameter.ComponentNotSupport``."""
    return [_from_wire(_FROM_WIRE, item, samples) for item in components]


def components_to_wire(components: Sequence[_Item]) -> list[dict[str, Any]]:
    """The CAMS form of what the provider told; kinds without one are left out."""
    found = []
    for item in components:
        to_wire = _TO_WIRE.get(str(item.get("type", "")).upper())
        if to_wire is not None:
            found.append({"Type": str(item["type"]).upper(), **to_wire(item)})
    return found


def samples_of(components: Sequence[_Item]) -> dict[str, str]:
    """The samples of named variables inside the provider's components."""
    samples: dict[str, str] = {}
    for item in components:
        example = item.get("example")
        for pairs in example.values() if isinstance(example, Mapping) else ():
            for pair in pairs if isinstance(pairs, list) else ():
                if isinstance(pair, Mapping) and "param_name" in pair:
                    samples[str(pair["param_name"])] = str(pair.get("example", ""))
    return samples


def _from_wire(
    table: Mapping[str, Callable[[_Item, _Samples], dict[str, Any]]], item: Any, samples: _Samples
) -> dict[str, Any]:
    kind = str(item.get("Type", "")).upper() if isinstance(item, Mapping) else ""
    if kind not in table:
        raise refuse_business(
            "InvalidParameter.ComponentNotSupport",
            f"The kind {kind[:40]!r} is not supported here; supported are {', '.join(table)}.",
        )
    return {"type": kind, **table[kind](item, samples)}


def _body(item: _Item, samples: _Samples) -> dict[str, Any]:
    if item.get("AddSecretRecommendation") is not None and not item.get("Text"):
        return {"add_security_recommendation": bool(item["AddSecretRecommendation"])}
    return _text_with_samples(item, samples, "body_text_named_params")


def _header(item: _Item, samples: _Samples) -> dict[str, Any]:
    form = str(item.get("Format") or "TEXT").upper()
    if form in _MEDIA:
        return {"format": form, "example": {"header_handle": [str(item.get("Url") or "")]}}
    return {"format": form, **_text_with_samples(item, samples, "header_text_named_params")}


def _footer(item: _Item, _: _Samples) -> dict[str, Any]:
    if item.get("CodeExpirationMinutes"):
        return {"code_expiration_minutes": item["CodeExpirationMinutes"]}
    return {"text": _provider_text(item)}


def _buttons(item: _Item, samples: _Samples) -> dict[str, Any]:
    return {
        "buttons": [
            _from_wire(_BUTTONS_FROM_WIRE, button, samples) for button in item.get("Buttons") or ()
        ]
    }


def _carousel(item: _Item, samples: _Samples) -> dict[str, Any]:
    return {
        "cards": [
            {"components": components_from_wire(card.get("CardComponents") or (), samples)}
            for card in item.get("Cards") or ()
            if isinstance(card, Mapping)
        ]
    }


def _limited_time_offer(item: _Item, _: _Samples) -> dict[str, Any]:
    return {
        "limited_time_offer": {
            "text": str(item.get("Text") or ""),
            "has_expiration": bool(item.get("HasExpiration")),
        }
    }


def _text_with_samples(item: _Item, samples: _Samples, where: str) -> dict[str, Any]:
    text = str(item.get("Text") or "")
    if _VARIABLE.search(text):
        raise refuse_business(
            "InvalidParameter.MessageInvalid", "Variables are written $(name), not {{name}}."
        )
    names = list(dict.fromkeys(_WIRE_VARIABLE.findall(text)))
    component: dict[str, Any] = {"text": _WIRE_VARIABLE.sub(r"{{\1}}", text)}
    if names:
        component["example"] = {
            where: [
                {"param_name": name, "example": str(samples.get(name, _NO_SAMPLE))}
                for name in names
            ]
        }
    return component


def _provider_text(item: _Item) -> str:
    """A text that has no samples; the provider allows no variables in most of these."""
    return _WIRE_VARIABLE.sub(r"{{\1}}", str(item.get("Text") or ""))


def _url_button(button: _Item, samples: _Samples) -> dict[str, Any]:
    url = str(button.get("Url") or "")
    made: dict[str, Any] = {
        "text": _provider_text(button),
        "url": _WIRE_VARIABLE.sub("{{1}}", url),
    }
    if _WIRE_VARIABLE.search(url):
        made["example"] = [
            _WIRE_VARIABLE.sub(lambda found: str(samples.get(found[1], _NO_SAMPLE)), url)
        ]
    return made


def _code_button(button: _Item, samples: _Samples) -> dict[str, Any]:
    code = str(button.get("CouponCode") or _NO_SAMPLE)
    variable = _WIRE_VARIABLE.fullmatch(code)
    return {"example": str(samples.get(variable[1], _NO_SAMPLE)) if variable else code}


def _flow_button(button: _Item, _: _Samples) -> dict[str, Any]:
    made = {
        "text": _provider_text(button),
        "flow_id": button.get("FlowId"),
        "flow_action": str(button.get("FlowAction") or "navigate").lower(),
        "navigate_screen": button.get("NavigateScreen"),
    }
    return {name: value for name, value in made.items() if value}


_FROM_WIRE: Mapping[str, Callable[[_Item, _Samples], dict[str, Any]]] = MappingProxyType(
    {
        "BODY": _body,
        "HEADER": _header,
        "FOOTER": _footer,
        "BUTTONS": _buttons,
        "CAROUSEL": _carousel,
        "LIMITED_TIME_OFFER": _limited_time_offer,
    }
)
_BUTTONS_FROM_WIRE: Mapping[str, Callable[[_Item, _Samples], dict[str, Any]]] = MappingProxyType(
    {
        "QUICK_REPLY": lambda button, _: {"text": _provider_text(button)},
        "URL": _url_button,
        "PHONE_NUMBER": lambda button, _: {
            "text": _provider_text(button),
            "phone_number": str(button.get("PhoneNumber") or ""),
        },
        "COPY_CODE": _code_button,
        "FLOW": _flow_button,
    }
)


def _wire_text(item: _Item) -> dict[str, Any]:
    return {"Text": _VARIABLE.sub(r"$(\1)", str(item.get("text") or ""))}


def _wire_body(item: _Item) -> dict[str, Any]:
    if "add_security_recommendation" in item:
        return {"AddSecretRecommendation": bool(item["add_security_recommendation"])}
    return _wire_text(item)


def _wire_header(item: _Item) -> dict[str, Any]:
    form = str(item.get("format") or "TEXT").upper()
    if form not in _MEDIA:
        return {"Format": form, **_wire_text(item)}
    example = item.get("example")
    handles = example.get("header_handle") if isinstance(example, Mapping) else None
    return {"Format": form, "Url": str(handles[0]) if handles else ""}


def _wire_footer(item: _Item) -> dict[str, Any]:
    if item.get("code_expiration_minutes"):
        return {"CodeExpirationMinutes": item["code_expiration_minutes"]}
    return _wire_text(item)


def _wire_buttons(item: _Item) -> dict[str, Any]:
    return {"Buttons": [_wire_button(button) for button in item.get("buttons") or ()]}


def _wire_button(button: _Item) -> dict[str, Any]:
    url = str(button.get("url") or "")
    shape = {
        "Type": str(button.get("type", "")).upper(),
        "Text": button.get("text"),
        "Url": _VARIABLE.sub(r"$(\1)", url),
        "UrlType": url and ("dynamic" if _VARIABLE.search(url) else "static"),
        "PhoneNumber": button.get("phone_number"),
        "CouponCode": button.get("example") if isinstance(button.get("example"), str) else None,
        "FlowId": button.get("flow_id"),
        "FlowAction": str(button.get("flow_action") or "").upper(),
        "NavigateScreen": button.get("navigate_screen"),
    }
    return {name: value for name, value in shape.items() if value}


def _wire_cards(item: _Item) -> dict[str, Any]:
    return {
        "Cards": [
            {"CardComponents": components_to_wire(card.get("components") or ())}
            for card in item.get("cards") or ()
        ]
    }


def _wire_offer(item: _Item) -> dict[str, Any]:
    offer = item.get("limited_time_offer") or {}
    return {"Text": offer.get("text", ""), "hasExpiration": bool(offer.get("has_expiration"))}


_TO_WIRE: Mapping[str, Callable[[_Item], dict[str, Any]]] = MappingProxyType(
    {
        "BODY": _wire_body,
        "HEADER": _wire_header,
        "FOOTER": _wire_footer,
        "BUTTONS": _wire_buttons,
        "CAROUSEL": _wire_cards,
        "LIMITED_TIME_OFFER": _wire_offer,
    }
)
