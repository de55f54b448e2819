"""The sample shop: everything that the demo needs to have something to show.

Theory of operation.  The shop is made with the same services that people use: its sender, its
flows, its customers by an import of a file, its groups, its campaigns.  Each step finds what it
would make, so that a shop whose making was cut short is finished by making it again.  Which
campaigns a shop starts is decided by a pure function of the time and of what runs already.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from clarion.channels.contract import SenderAccount
from clarion.domain.campaign import CampaignDraft, CampaignStatus
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Role
from clarion.domain.message import Address, AddressKind, Channel
from clarion.domain.plan import EveryMinute, Once, Plan
from clarion.flow.samples import sample
from clarion.imports.files import ImportOptions
from clarion.services.campaigns import Campaign, CampaignFilter, create_campaign, list_campaigns
from clarion.services.contacts import ContactDraft, ContactFilter, contact_ids, create_contact
from clarion.services.flows import flow_named, import_flow, publish_flow
from clarion.services.groups import change_memberships, find_or_create_groups, list_groups
from clarion.services.import_runs import import_file
from clarion.services.place import Place
from clarion.services.sample_people import COLUMNS, people, row_of
from clarion.services.scope import Scope
from clarion.services.senders import (
    NewSender,
    Sender,
    SenderChange,
    WhatsAppConfig,
    account_for,
    create_sender,
    sender_named,
    update_sender,
)
from clarion.services.templates import sync_templates
from clarion.services.users import create_user, set_password, user_by_email
from clarion.services.workspaces import update_workspace
from clarion.store.pool import Connection, transaction

__all__ = [
    "ALL_CUSTOMERS",
    "GROUPS",
    "PHONE_NUMBER_ID",
    "SENDER_NAME",
    "WABA_ID",
    "campaigns_to_start",
    "fill_shop",
    "give_sign_in",
    "open_sender",
    "start_campaigns",
]

SENDER_NAME = "Sample shop"
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
RATE_PER_SECOND = 80.0

ALL_CUSTOMERS = "All customers"
VIP = "VIP"
# Group -> the attributes by which its members are found.
GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        VIP: {"tier": "vip"},
        "Newsletter": {"newsletter": "yes"},
        "Berlin": {"city": "Berlin"},
    }
)
PERSON_WITHOUT_PHONE = "Noor van Dijk"
_MOST_CONTACTS = 10_000_000
_MOST_GROUPS = 1_000
_MOST_CAMPAIGNS = 200

# Three of the gallery are enough for a shop to look at.
_SHOP_FLOWS = ("spring_offer", "feedback_score", "appointment_reminder")


async def open_sender(place: Place, scope: Scope, *, base_url: str) -> tuple[Sender, SenderAccount]:
    """The shop's sender, speaking to ``base_url``; it is made when there is none."""
    async with transaction(place.pool) as connection:
        try:
            sender = await sender_named(connection, scope, SENDER_NAME)
        except ClarionError as error:
            if error.code != "sender.not_found":
                raise
            sender, _ = await create_sender(
                connection,
                scope,
                place.sealer,
                NewSender(
                    name=SENDER_NAME,
                    config=WhatsAppConfig(PHONE_NUMBER_ID, WABA_ID, base_url=base_url),
                    token="EAASampleShop",  # noqa: S106 - the simulator takes any
                    app_secret="sample-shop-app-secret",  # noqa: S106 - as above
                    rate_per_second=RATE_PER_SECOND,
                ),
            )
        if sender.config["base_url"] != base_url:
            change = SenderChange(base_url=base_url)
            sender = await update_sender(connection, scope, place.sealer, sender.id, change)
        return sender, await account_for(connection, scope, place.sealer, sender.id)


async def fill_shop(
    place: Place, scope: Scope, sender_id: int, *, contact_count: int, bsuid: str, folder: Path
) -> None:
    """Make the shop's templates, flows, customers and groups.

    ``contact_count`` includes one customer who has no phone but the business-scoped user id
    ``bsuid``.  ``folder`` takes the customers' file.
    """
    async with transaction(place.pool) as connection:
        await update_workspace(
            connection, scope, name="Sample shop", zone="Europe/Berlin", default_country="DE"
        )
    await sync_templates(place, scope, sender_id)
    async with transaction(place.pool) as connection:
        for name in _SHOP_FLOWS:
            flow = await import_flow(connection, scope, sample(name))
            if flow.published_version_id is None:
                await publish_flow(connection, scope, flow.id)
    file = folder / "customers.csv"
    _write_customers(file, contact_count - 1)
    await import_file(
        place.pool,
        scope,
        file,
        ImportOptions(mode="ignore"),
        clock=place.clock,
        group_names=[ALL_CUSTOMERS],
    )
    async with transaction(place.pool) as connection:
        await _add_person_without_phone(connection, scope, bsuid)
    async with transaction(place.pool) as connection:
        await _fill_groups(connection, scope)


def _write_customers(file: Path, count: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(COLUMNS)
        rows.writerows(row_of(person) for person in people(count))


async def _add_person_without_phone(connection: Connection, scope: Scope, bsuid: str) -> None:
    draft = ContactDraft(
        name=PERSON_WITHOUT_PHONE,
        language="nl",
        zone="Europe/Amsterdam",
        remark="Known to WhatsApp by a user name, without a phone number",
        addresses=(Address(Channel.WHATSAPP, AddressKind.BSUID, bsuid),),
    )
    try:
        await create_contact(connection, scope, draft, group_names=[ALL_CUSTOMERS])
    except ClarionError as error:
        if error.code != "contact.address_taken":  # taken: she was added the last time
            raise


async def _fill_groups(connection: Connection, scope: Scope) -> None:
    wanted = {name: ContactFilter(attributes=attributes) for name, attributes in GROUPS.items()}
    for name, fitting in wanted.items():
        ids = await contact_ids(connection, scope, fitting, above_id=None, limit=_MOST_CONTACTS)
        groups = await find_or_create_groups(connection, scope, group_names=[name])
        if ids:
            await change_memberships(connection, scope, ids, groups, "add")


async def give_sign_in(place: Place, scope: Scope, *, email: str, password: str) -> None:
    """Let somebody sign in to the shop as its admin with this password."""
    async with transaction(place.pool) as connection:
        try:
            user = await user_by_email(connection, scope, email)
        except ClarionError as error:
            if error.code != "user.not_found":
                raise
            await create_user(
                connection, scope, email=email, name="Demo", password=password, role=Role.ADMIN
            )
        else:
            await set_password(connection, scope, user_id=user.id, password=password)


# Campaigns


@dataclass(frozen=True, slots=True)
class PlannedCampaign:
    """A campaign that a shop starts: a flow for a group, ``starts_in`` from now."""

    name: str
    description: str
    flow: str
    group: str
    plan: Plan
    starts_in: timedelta
    lasts: timedelta


# The few come first: behind the many they would wait for minutes in the same queue.
CAMPAIGNS = (
    PlannedCampaign(
        "Spring offer",
        "Once, for every customer",
        "Spring offer",
        ALL_CUSTOMERS,
        Once(),
        timedelta(seconds=8),
        timedelta(hours=1),
    ),
    PlannedCampaign(
        "VIP check-in",
        "Every minute, for a few",
        "Feedback score",
        VIP,
        EveryMinute(),
        timedelta(seconds=3),
        timedelta(hours=1),
    ),
)


def campaigns_to_start(existing: Sequence[Campaign]) -> tuple[PlannedCampaign, ...]:
    """What a shop starts now: nothing while a campaign of it still has something to do.

    A name that was used gets a number, so that each run is told from the one before.
    """
    if any(_has_work(campaign) for campaign in existing):
        return ()
    run = 1 + max((_run_of(campaign.draft.name) for campaign in existing), default=0)
    if run == 1:
        return CAMPAIGNS
    return tuple(replace(planned, name=f"{planned.name} {run}") for planned in CAMPAIGNS)


def _has_work(campaign: Campaign) -> bool:
    if campaign.status is CampaignStatus.ENDED:
        return False
    waiting_count = campaign.counts.pending_count + campaign.counts.held_count
    return campaign.next_tick_at is not None or waiting_count > 0


def _run_of(name: str) -> int:
    last_word = name.rpartition(" ")[2]
    return int(last_word) if last_word.isdecimal() else 1


async def start_campaigns(
    place: Place, scope: Scope, *, mint_code: Callable[[], str]
) -> list[Campaign]:
    """Start the shop's campaigns if all have ended; returns those that were made.

    Raises ``flow.not_found``, ``group.not_found`` when somebody took apart what they need.
    """
    async with transaction(place.pool) as connection:
        existing = await list_campaigns(connection, scope, CampaignFilter(), limit=_MOST_CAMPAIGNS)
        groups = await list_groups(connection, scope, above_id=None, limit=_MOST_GROUPS)
        group_ids = {group.name: group.id for group in groups}
        made = []
        for planned in campaigns_to_start(existing):
            if planned.group not in group_ids:
                raise ClarionError("group.not_found", f"There is no group {planned.group!r}.")
            flow = await flow_named(connection, scope, planned.flow)
            draft = _draft(planned, flow.id, group_ids[planned.group], place.clock())
            made.append(await create_campaign(connection, scope, draft, mint_code=mint_code))
        return made


def _draft(planned: PlannedCampaign, flow_id: int, group_id: int, now: datetime) -> CampaignDraft:
    start_at = now + planned.starts_in
    return CampaignDraft(
        name=planned.name,
        description=planned.description,
        flow_id=flow_id,
        include_group_ids=(group_id,),
        start_at=start_at,
        end_at=start_at + planned.lasts,
        plan=planned.plan,
        misfire_grace_seconds=60,
        sender_name=SENDER_NAME,
    )
