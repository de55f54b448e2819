"""The routes of flows, their drafts and versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import JSONResponse

from clarion.domain.errors import Problem
from clarion.flow.check import has_errors
from clarion.flow.flow_test import flow_test_to_json
from clarion.flow.problems import node_id_of
from clarion.flow.samples import SAMPLE_NAMES, SampleLanguage, sample, templates_of
from clarion.flow.schema import flow_schema
from clarion.flow.trigger import TriggerKind
from clarion.services import flows
from clarion.services.flow_checks import count_problems
from clarion.services.flow_limits import limits_of
from clarion.services.flows import FlowFilter
from clarion.services.plays import flow_test_from_play, play_flow, run_flow_tests
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.flows.play_schemas import PlayAnswer, PlayBody, play_answer
from clarion.web.flows.schemas import (
    CheckAnswer,
    CheckBody,
    DraftBody,
    FlowAnswer,
    FlowSummaryAnswer,
    FlowVersionAnswer,
    FlowVersionSummaryAnswer,
    NewFlowBody,
    ProblemCountsAnswer,
    ProblemOfFlow,
    PublishBody,
    SampleFlowAnswer,
)
from clarion.web.flows.test_schemas import TestFromPlayBody, TestsAnswer, TestsBody
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id, SearchText

__all__ = ["router"]

router = noun_router("flows", prefix="/flows")

MAX_COUNTED = 50
IdInQuery = Annotated[int, Field(ge=1, le=LARGEST_KEY)]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
_JSON_OBJECT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}}
}


def _check_answer(problems: Sequence[Problem]) -> CheckAnswer:
    return CheckAnswer(
        problems=[
            ProblemOfFlow(**asdict(problem), node_id=node_id_of(problem)) for problem in problems
        ],
        can_publish=not has_errors(list(problems)),
    )


@router.post(
    "",
    operation_id="flow_create",
    summary="Make a flow, or import one",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("flow.name_taken"),
)
async def flow_create(connection: DB, scope: Asking, body: NewFlowBody) -> FlowAnswer:
    """The draft may have problems; only publishing is strict."""
    flow = await flows.create_flow(connection, scope, body.definition, name=body.name)
    return FlowAnswer.model_validate(flow)


@router.get("", operation_id="flow_list", summary="List the flows, the newest first")
async def flow_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    search: Annotated[SearchText | None, Query(max_length=100)] = None,
    trigger_kind: TriggerKind | None = None,
    is_published: bool | None = None,  # noqa: FBT001 - FastAPI calls it by name
) -> Page[FlowSummaryAnswer]:
    """`search` is a part of the name."""
    rows = await flows.list_flows(
        connection,
        scope,
        FlowFilter(search, trigger_kind, is_published),
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, FlowSummaryAnswer.model_validate, lambda flow: (flow.id,))


@router.get(
    "/schema",
    operation_id="flow_schema_read",
    summary="The JSON Schema of flow files",
    responses=_JSON_OBJECT,
)
async def flow_schema_read(_: Asking) -> JSONResponse:
    """Of the schema `clarion.flow/1`."""
    return JSONResponse(flow_schema())


@router.get("/samples", operation_id="flow_list_samples", summary="Flows to begin with")
async def flow_list_samples(_: Asking, language: SampleLanguage = "en") -> Page[SampleFlowAnswer]:
    """Flow files, each of which can be imported as it is."""
    samples = [(name, sample(name, language)) for name in SAMPLE_NAMES]
    return Page(
        items=[
            SampleFlowAnswer(
                key=key,
                name=definition["name"],
                description=definition.get("description", ""),
                trigger_kind=definition["trigger"]["kind"],
                templates=list(templates_of(definition)),
                definition=definition,
            )
            for key, definition in samples
        ],
        total_count=len(samples),
    )


@router.get(
    "/problem-counts",
    operation_id="flow_count_problems",
    summary="How much is wrong with some flows' drafts",
)
async def flow_count_problems(
    connection: DB,
    scope: Asking,
    flow_id: Annotated[list[IdInQuery], Query(min_length=1, max_length=MAX_COUNTED)],
) -> Page[ProblemCountsAnswer]:
    """Flows that are not there are left out."""
    counted = await count_problems(connection, scope, flow_id)
    items = [ProblemCountsAnswer.model_validate(each) for each in counted]
    return Page(items=items, total_count=len(items))


@router.post(
    "/play",
    operation_id="flow_play",
    summary="Try a flow out",
    responses=refusals("flow.not_found", "flow.invalid", "contact.not_found"),
)
async def flow_play(connection: DB, place: PlaceOf, scope: Asking, body: PlayBody) -> PlayAnswer:
    """Played from its start through all moves, on the engine that serves campaigns.

    Nothing is sent, and nothing is kept: give one more move to go one step further.
    """
    limits = limits_of(place.settings)
    return play_answer(await play_flow(connection, scope, body.request(), limits=limits))


@router.post(
    "/play/test",
    operation_id="flow_make_test",
    summary="Make a test of a play",
    responses={**_JSON_OBJECT, **refusals("flow.not_found", "flow.invalid", "contact.not_found")},
)
async def flow_make_test(connection: DB, scope: Asking, body: TestFromPlayBody) -> JSONResponse:
    """The test expects what the play brings about now; put it into `tests` of the flow's draft."""
    return JSONResponse(
        flow_test_to_json(await flow_test_from_play(connection, scope, body.request(), body.name))
    )


@router.post(
    "/test",
    operation_id="flow_test",
    summary="Run the tests of a flow",
    responses=refusals("flow.not_found", "flow.invalid"),
)
async def flow_test(connection: DB, scope: Asking, body: TestsBody) -> TestsAnswer:
    """With what is not as expected, and which exits no test walks."""
    report = await run_flow_tests(
        connection, scope, definition=body.definition, flow_id=body.flow_id
    )
    return TestsAnswer.of(report)


@router.post("/check", operation_id="flow_check_definition", summary="Check a flow file")
async def flow_check_definition(connection: DB, scope: Asking, body: CheckBody) -> CheckAnswer:
    """Nothing is stored; the workspace's templates are known to the check."""
    return _check_answer(await flows.check_definition(connection, scope, body.definition))


@router.get(
    "/{flow_id}",
    operation_id="flow_read",
    summary="Read a flow with its draft",
    responses=refusals("flow.not_found"),
)
async def flow_read(connection: DB, scope: Asking, flow_id: Id) -> FlowAnswer:
    """Give `draft_revision` back when the draft is saved."""
    return FlowAnswer.model_validate(await flows.read_flow(connection, scope, flow_id))


@router.put(
    "/{flow_id}/draft",
    operation_id="flow_update_draft",
    summary="Save a flow's draft",
    responses=refusals("flow.not_found", "flow.stale", "flow.name_taken"),
)
async def flow_update_draft(
    connection: DB, scope: Asking, flow_id: Id, body: DraftBody
) -> FlowAnswer:
    """Refused when somebody else saved after `revision`."""
    flow = await flows.update_draft(
        connection, scope, flow_id, body.definition, revision=body.revision
    )
    return FlowAnswer.model_validate(flow)


@router.post(
    "/{flow_id}/check",
    operation_id="flow_check",
    summary="Check a flow's draft",
    responses=refusals("flow.not_found"),
)
async def flow_check(connection: DB, scope: Asking, flow_id: Id) -> CheckAnswer:
    """Every problem with its node and what to change."""
    return _check_answer(await flows.check_draft(connection, scope, flow_id))


@router.post(
    "/{flow_id}/publish",
    operation_id="flow_publish",
    summary="Make the draft the published version",
    responses=refusals("flow.not_found", "flow.stale", "flow.invalid"),
)
async def flow_publish(
    connection: DB, scope: Asking, flow_id: Id, body: PublishBody
) -> FlowVersionAnswer:
    """The problems that keep it from being published are in `details.problems`."""
    version = await flows.publish_flow(
        connection,
        scope,
        flow_id,
        revision=body.revision,
        note=body.note,
        waiting=body.waiting,
        despite_tests=body.despite_tests,
    )
    return FlowVersionAnswer.model_validate(version)


@router.post(
    "/{flow_id}/unpublish",
    operation_id="flow_unpublish",
    summary="Let no campaign start the flow any more",
    responses=refusals("flow.not_found", "flow.in_use"),
)
async def flow_unpublish(connection: DB, scope: Asking, flow_id: Id) -> FlowAnswer:
    """Sessions under way go on."""
    return FlowAnswer.model_validate(await flows.unpublish_flow(connection, scope, flow_id))


@router.delete(
    "/{flow_id}",
    operation_id="flow_delete",
    summary="Delete a flow",
    status_code=204,
    responses=refusals("flow.not_found", "flow.in_use", "flow.published"),
)
async def flow_delete(connection: DB, scope: Asking, flow_id: Id) -> None:
    """Refused while it is published, or used by a campaign that is not over."""
    await flows.delete_flow(connection, scope, flow_id)


@router.get(
    "/{flow_id}/versions",
    operation_id="flow_version_list",
    summary="List the versions of a flow, the newest first",
    responses=refusals("flow.not_found"),
)
async def flow_version_list(
    connection: DB, scope: Asking, flow_id: Id, paging: Paging
) -> Page[FlowVersionSummaryAnswer]:
    """Without their definitions."""
    rows = await flows.list_versions(
        connection, scope, flow_id, below_number=paging.below_id, limit=paging.fetch_count
    )
    return page_of(
        rows, paging, FlowVersionSummaryAnswer.model_validate, lambda version: (version.number,)
    )


@router.get(
    "/{flow_id}/versions/{number}",
    operation_id="flow_version_read",
    summary="Read a version of a flow",
    responses=refusals("flow.version_not_found"),
)
async def flow_version_read(
    connection: DB, scope: Asking, flow_id: Id, number: VersionNumber
) -> FlowVersionAnswer:
    """Versions never change."""
    return FlowVersionAnswer.model_validate(
        await flows.read_version(connection, scope, flow_id, number)
    )


@router.get(
    "/{flow_id}/export",
    operation_id="flow_export",
    summary="Download a flow file",
    responses={**_JSON_OBJECT, **refusals("flow.not_found", "flow.version_not_found")},
)
async def flow_export(
    connection: DB,
    scope: Asking,
    flow_id: Id,
    number: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="A version; else the draft.")
    ] = None,
) -> JSONResponse:
    """What is downloaded can be imported again, here or on another server."""
    if number is None:
        definition = (await flows.read_flow(connection, scope, flow_id)).draft
    else:
        version = await flows.read_version(connection, scope, flow_id, number)
        definition = version.definition or {}
    name = f"flow-{flow_id}" + (f"-v{number}" if number is not None else "")
    return JSONResponse(
        dict(definition),
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )
