"""The routes of secrets: names are listed, values go in and never come out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from clarion.services import secrets
from clarion.services.secrets import MAX_SECRET_CHARS
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.paging import Page
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, SearchText

__all__ = ["router"]

router = noun_router("secrets", prefix="/secrets")

SecretName = Annotated[SearchText, Path(min_length=1, max_length=64)]
Value = Annotated[
    str,
    Field(min_length=1, max_length=MAX_SECRET_CHARS, description="Sealed, and never shown again."),
]


class NewSecretBody(Body):
    """A secret to keep."""

    name: Annotated[str, Field(max_length=64)] = Field(
        description="As flows write it: `{{ secrets.NAME }}`."
    )
    value: Value


class SecretValueBody(Body):
    """Another value of a secret."""

    value: Value


class SecretAnswer(BaseModel):
    """A secret without its value."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    changed_at: datetime
    flow_names: list[str] = Field(
        description="The flows whose draft or published version names it."
    )


@router.post(
    "",
    operation_id="secret_create",
    summary="Keep a secret",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("secret.name_invalid", "secret.name_taken"),
)
async def secret_create(
    connection: DB, scope: Asking, place: PlaceOf, body: NewSecretBody
) -> SecretAnswer:
    """Requests of flows write `{{ secrets.NAME }}` from now on."""
    added = await secrets.add_secret(connection, scope, place.sealer, body.name, body.value)
    return SecretAnswer.model_validate(added)


@router.get("", operation_id="secret_list", summary="List the secrets by name")
async def secret_list(connection: DB, scope: Asking) -> Page[SecretAnswer]:
    """Without their values."""
    items = [
        SecretAnswer.model_validate(each) for each in await secrets.list_secrets(connection, scope)
    ]
    return Page(items=items, total_count=len(items))


@router.put(
    "/{secret_name}",
    operation_id="secret_replace",
    summary="Give a secret another value",
    responses=refusals("secret.not_found"),
)
async def secret_replace(
    connection: DB, scope: Asking, place: PlaceOf, secret_name: SecretName, body: SecretValueBody
) -> SecretAnswer:
    """The next request that names it uses the new value."""
    replaced = await secrets.replace_secret(
        connection, scope, place.sealer, secret_name, body.value
    )
    return SecretAnswer.model_validate(replaced)


@router.delete(
    "/{secret_name}",
    operation_id="secret_delete",
    summary="Forget a secret",
    status_code=204,
    responses=refusals("secret.not_found"),
)
async def secret_delete(connection: DB, scope: Asking, secret_name: SecretName) -> None:
    """Requests that name it fail from now on."""
    await secrets.delete_secret(connection, scope, secret_name)
