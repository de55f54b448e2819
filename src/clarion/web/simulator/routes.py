"""The routes of the simulator's phones."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from clarion.services import simulated_phones
from clarion.services.simulated_phones import PHONES_AT_MOST, Offer
from clarion.web.access import AskingBriefly
from clarion.web.database import PlaceOf
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Id
from clarion.web.simulator.schemas import (
    AnsweringBody,
    Phone,
    SayBody,
    SimulatedSender,
    SimulatedSendersAnswer,
    WallAnswer,
)

__all__ = ["router"]

router = noun_router("simulator", prefix="/simulator/senders")

_REFUSALS = refusals("sender.not_found", "simulator.not_used", "simulator.failed")


@router.get(
    "",
    operation_id="simulated_sender_list",
    summary="List the senders that speak to the simulator of this installation",
)
async def simulated_sender_list(scope: AskingBriefly, place: PlaceOf) -> SimulatedSendersAnswer:
    """None unless `CLARION_SIMULATOR_URL` names one; the demo's does."""
    found = await simulated_phones.simulated_senders(place, scope)
    return SimulatedSendersAnswer(items=[SimulatedSender.model_validate(each) for each in found])


@router.get(
    "/{sender_id}/phones",
    operation_id="simulated_phone_list",
    summary="Look at the phones of simulated people",
    responses=_REFUSALS,
)
async def simulated_phone_list(
    scope: AskingBriefly,
    place: PlaceOf,
    sender_id: Id,
    phone: Annotated[list[Phone], Query(max_length=PHONES_AT_MOST)] = [],  # noqa: B006 - FastAPI copies it
    limit: Annotated[int, Query(ge=0, le=PHONES_AT_MOST)] = 12,
) -> WallAnswer:
    """Those that are named with `phone` (digits, repeated), and the newest `limit`."""
    wall = await simulated_phones.read_wall(place, scope, sender_id, phones=phone, limit=limit)
    return WallAnswer.model_validate(wall)


@router.post(
    "/{sender_id}/phones/{phone}/say",
    operation_id="simulated_phone_say",
    summary="Answer for a simulated person",
    status_code=204,
    responses=_REFUSALS,
)
async def simulated_phone_say(
    scope: AskingBriefly, place: PlaceOf, sender_id: Id, phone: Phone, body: SayBody
) -> None:
    """It comes in at the sender's webhook, signed, as if she had written or tapped."""
    tap = Offer(**body.tap.model_dump()) if body.tap is not None else None
    await simulated_phones.say(
        place, scope, sender_id, phone, text=body.text, tap=tap, reply_to=body.reply_to
    )


@router.post(
    "/{sender_id}/answering",
    operation_id="simulated_answering",
    summary="Let simulated people answer by themselves, or not",
    status_code=204,
    responses=_REFUSALS,
)
async def simulated_answering(
    scope: AskingBriefly, place: PlaceOf, sender_id: Id, body: AnsweringBody
) -> None:
    """For all numbers of the simulator; receipts go on."""
    await simulated_phones.let_answer(place, scope, sender_id, is_answering=body.is_answering)
