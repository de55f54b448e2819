"""Whether the process lives, whether it can serve, and its numbers.

``/healthz`` asks nothing of anybody; ``/readyz`` needs the database with the schema of this
version; ``/metrics`` is in Prometheus' text format.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

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
async def metrics_read(request: Request) -> Response:
    """Every registered counter."""
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
