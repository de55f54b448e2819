"""The routes of keys."""

from __future__ import annotations

from clarion.services import keys
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.keys.schemas import KeyAnswer, NewKeyAnswer, NewKeyBody
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id

__all__ = ["router"]

router = noun_router("keys", prefix="/keys")


@router.post(
    "", operation_id="key_create", summary="Make a key", status_code=201, dependencies=ONCE
)
async def key_create(
    connection: DB, scope: Asking, place: PlaceOf, body: NewKeyBody
) -> NewKeyAnswer:
    """The answer shows `access_key_secret` and `token` once."""
    new = await keys.create_key(connection, scope, place.sealer, name=body.name, role=body.role)
    return NewKeyAnswer(
        **KeyAnswer.model_validate(new.key).model_dump(),
        access_key_secret=new.access_key_secret,
        token=new.token,
    )


@router.get("", operation_id="key_list", summary="List the keys, the newest first")
async def key_list(connection: DB, scope: Asking, paging: Paging) -> Page[KeyAnswer]:
    """Revoked keys stay in the list."""
    rows = await keys.list_keys(
        connection, scope, below_id=paging.below_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, KeyAnswer.model_validate, lambda key: (key.id,))


@router.get(
    "/{key_id}",
    operation_id="key_read",
    summary="Read a key",
    responses=refusals("key.not_found"),
)
async def key_read(connection: DB, scope: Asking, key_id: Id) -> KeyAnswer:
    """Secrets are never shown again."""
    return KeyAnswer.model_validate(await keys.read_key(connection, scope, key_id))


@router.post(
    "/{key_id}/revoke",
    operation_id="key_revoke",
    summary="Revoke a key",
    responses=refusals("key.not_found"),
)
async def key_revoke(connection: DB, scope: Asking, key_id: Id) -> KeyAnswer:
    """From the next request on, the key opens nothing."""
    return KeyAnswer.model_validate(await keys.revoke_key(connection, scope, key_id))
