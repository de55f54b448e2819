"""Whether the process lives, whether it can serve, and its numbers.

``/healthz`` asks nothing of anybody; ``/readyz`` needs the database with the schema of this
version; ``/metrics`` is in Prometheus' text format.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel

from clarion.reports.vitals import HELP, Vital, read_vitals
from clarion.store.migrate import check_schema
from clarion.web.database import PlaceOf
from clarion.web.routing import refusals

__all__ = ["router"]

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """All is well."""

    status: str = "ok"


@router.get("/healthz", operation_id="health_read", summary="Whether the process lives")
async def health_read() -> Health:
    """Answer at once."""
    return Health()


@router.get(
    "/readyz",
    operation_id="readiness_read",
    summary="Whether the process can serve",
    responses=refusals(
        "database.unreachable",
        "database.schema_behind",
        "database.schema_ahead",
        "database.schema_changed",
        "database.too_old",
    ),
)
async def readiness_read(place: PlaceOf) -> Health:
    """Ask the database for its schema."""
    async with place.pool.acquire() as connection:
        await check_schema(connection)
    return Health()


@router.get(
    "/metrics",
    operation_id="metrics_read",
    summary="The numbers of this process, for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics_read(request: Request, place: PlaceOf) -> Response:
    """Every registered counter of this process, and the vital signs of the engine."""
    async with place.pool.acquire() as connection:
        vitals = await read_vitals(connection, place.clock())
    text = generate_latest(request.app.state.registry) + generate_latest(_gauges(vitals))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _gauges(vitals: Sequence[Vital]) -> CollectorRegistry:
    """Vital signs as gauges of a registry made for this one answer."""
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for vital in vitals:
        if vital.name not in gauges:
            gauges[vital.name] = Gauge(
                vital.name, HELP[vital.name], labelnames=tuple(vital.labels), registry=registry
            )
        gauge = gauges[vital.name]
        (gauge.labels(**vital.labels) if vital.labels else gauge).set(vital.value)
    return registry
