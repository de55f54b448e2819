"""``reference/cams-compatibility.md``: what the official CAMS SDK finds here, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable

from docs.pages.frame import head, page, table

from clarion.cams.call import IGNORED, Operation, Parameter
from clarion.cams.flow_components import FLOW_COMPONENTS
from clarion.cams.marketing import STATUS_ALIASES, STATUS_WORDS
from clarion.cams.operations import OPERATION_ROWS, VERSION
from clarion.cams.refusals import (
    BUSINESS_CODES,
    FIELD_CODES,
    GATEWAY_CODES,
    OWN_BUSINESS_CODES,
    TEMPLATE_CODES,
)
from clarion.cams.unsupported import UNSUPPORTED
from clarion.domain.campaign import label_of
from clarion.domain.errors import ERROR_KINDS
from clarion.flow.nodes import NODE_KINDS

__all__ = ["cams_page"]


def cams_page() -> str:
    """The signatures, every operation, and every code."""
    lines = head(
        "Compatibility with CAMS",
        f"Clarion answers the official CAMS SDK (version `{VERSION}`) at `POST /` and `GET /`. Make a",
        "key with `clarion key create`, give its `access_key_id` and `access_key_secret` to the SDK,",
        "and set `endpoint` to `host:port` of this server and `protocol` to `http` (or to `https` behind",
        "a proxy that speaks it). The key's role decides what it may do; campaigns need `publisher`,",
        "templates `admin`.",
        "",
        "## Requests",
        "",
        "- Both signatures of the SDK are checked: ACS3-HMAC-SHA256 (its default) and, in parameters,",
        "  HMAC-SHA1 1.0 (`signature_algorithm='v2'`). A proxy must not change `Host`, `User-Agent` or",
        "  `Accept`, because the SDK signs them.",
        "- The client's clock may differ by 15 minutes. Each nonce is accepted once, on all servers of",
        "  an installation together.",
        "- Parameters are read from the address (up to 4 MiB) and from a form in the body (up to 2 MiB).",
        "  A proxy in front must let such addresses pass.",
        "- Times are wall times of the workspace's zone, `YYYY-MM-DD HH:mm:ss`.",
        f"- These are accepted everywhere, without effect: {_listed(sorted(IGNORED))}.",
        "- What is refused for the request itself is answered with HTTP 4xx (the SDK raises it); what is",
        "  refused for what was asked, with HTTP 200, a `Code` other than `OK`, and `Success` false.",
        "",
        "## Statuses of a campaign",
    )
    lines += table(
        ("answered", "console", "understood in a filter, in any case"),
        (
            (f"`{word}`", label_of(status), ", ".join(f"`{a}`" for a in STATUS_ALIASES[status]))
            for status, word in STATUS_WORDS.items()
        ),
    )
    lines += _components()
    lines += ["", "## Operations that are supported"]
    for row in OPERATION_ROWS:
        lines += _operation(row)
    lines += ["", "## Operations that are not supported", ""]
    lines += ["They answer HTTP 400 with `UnsupportedOperation` and the advice below."]
    by_advice: dict[str, list[str]] = {}
    for name, advice in UNSUPPORTED.items():
        by_advice.setdefault(advice, []).append(name)
    lines += table(
        ("instead", "operations"),
        ((f"{advice}.", _listed(names)) for advice, names in by_advice.items()),
    )
    return page([*lines, *_codes()])


def _components() -> list[str]:
    matched = {kind for kinds in FLOW_COMPONENTS.values() for kind in kinds}
    own = [kind for kind in NODE_KINDS if kind not in matched]
    return [
        "",
        "## Components of chat flows",
        "",
        "How the original writes a flow into `FlowViewModel` is not published, for any of its",
        "components. Here it is a [flow file](flow-format.md) with Clarion's own kinds of nodes; what a flow of",
        "the original is made of is drawn anew with these:",
        *table(
            ("component of the original", "kinds of nodes here"),
            ((name, _listed(kinds) or "none") for name, kinds in FLOW_COMPONENTS.items()),
        ),
        "",
        f"Without a counterpart there: {_listed(own)}.",
    ]


def _operation(row: Operation) -> list[str]:
    lines = ["", f"### `{row.name}`", ""]
    lines.append("Differs." if _differs(row) else "The same.")
    if row.aliases:
        lines[-1] += f" Also spelt {_listed(row.aliases)}."
    lines[-1] += f" Answers {row.answers}."
    lines += [f"- {sentence}" for sentence in row.differs]
    return lines + table(
        ("parameter", "kind", "needed", "note"),
        (
            (f"`{each.name}`", each.kind, "yes" if each.is_required else "", _note(each))
            for each in row.parameters
        ),
    )


def _differs(row: Operation) -> bool:
    return bool(row.differs) or any(each.refusal for each in row.parameters)


def _note(parameter: Parameter) -> str:
    if parameter.refusal:
        return f"Refused (`UnsupportedParameter`): {parameter.refusal}"
    return parameter.note


def _codes() -> list[str]:
    lines = ["", "## Gateway errors", ""]
    lines += [
        "`Missing<Name>` stands for a missing parameter, `InvalidParameter.<Name>` for one that",
        "cannot be read.",
    ]
    lines += table(
        ("code", "status", "next step"),
        ((f"`{code}`", status, step) for code, (status, step) in GATEWAY_CODES.items()),
    )
    lines += ["", "## Business errors"]
    lines += table(
        ("code", "what happened", "Clarion's own code"),
        (
            *(
                (f"`{code}`", ERROR_KINDS[own].title, f"`{own}`")
                for own, code in BUSINESS_CODES.items()
            ),
            *(
                (f"`{code}`", f"The field `{path}`: {fault or 'not valid'}", "`campaign.invalid`")
                for (path, fault), code in FIELD_CODES.items()
            ),
            *(
                (f"`{code}`", f"In a template: {fault.partition('.')[2]}", "`template.invalid`")
                for fault, code in TEMPLATE_CODES.items()
            ),
            *((f"`{code}`", meaning, "") for code, meaning in OWN_BUSINESS_CODES.items()),
        ),
    )
    return lines


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
