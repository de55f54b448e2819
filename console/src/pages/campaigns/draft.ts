// A campaign as the dialog edits it, and as the server takes it.  Times in the dialog are wall-clock
// times of the workspace's zone, which the server reads from a time without an offset.

import dayjs, { type Dayjs } from "dayjs";
import type { Schemas } from "../../api/client";
import type { Plan } from "../../parts/plan";
import { wallOf } from "../../parts/times";

export type Campaign = Schemas["CampaignAnswer"];
export type CampaignBody = Schemas["CampaignBody"];
export type CampaignChange = Schemas["CampaignChangeBody"];

export const NAME_LIMIT = 60;
export const DESCRIPTION_LIMIT = 90;
const WALL = "YYYY-MM-DDTHH:mm:ss";
const GRACE_MINUTES = 15;

export interface Draft {
  name: string;
  description: string;
  flow_id?: number;
  include_group_ids: number[];
  exclude_group_ids: number[];
  period?: [Dayjs | null, Dayjs | null] | null;
  plan: Plan;
  zone_mode: NonNullable<CampaignBody["zone_mode"]>;
  overlap: NonNullable<CampaignBody["overlap"]>;
  reentry: NonNullable<CampaignBody["reentry"]>;
  doubt_policy: NonNullable<CampaignBody["doubt_policy"]>;
  misfire_grace_minutes: number;
  sender_name?: string;
  parameters: Record<string, string>;
}

/** What the dialog begins with. */
export function newDraft(): Draft {
  return {
    name: "",
    description: "",
    include_group_ids: [],
    exclude_group_ids: [],
    plan: { kind: "daily" },
    zone_mode: "workspace",
    overlap: "skip",
    reentry: "restart",
    doubt_policy: "at_most_once",
    misfire_grace_minutes: GRACE_MINUTES,
    parameters: {},
  };
}

/** A clock on the wall of the zone, as the date pickers want it. */
export function wallClock(at: string | Date, zone: string): Dayjs {
  return dayjs(wallOf(new Date(at), zone));
}

export function draftOf(campaign: Campaign): Draft {
  return {
    name: campaign.name,
    description: campaign.description,
    flow_id: campaign.flow_id,
    include_group_ids: campaign.include_group_ids,
    exclude_group_ids: campaign.exclude_group_ids,
    period: [wallClock(campaign.start_at, campaign.zone), wallClock(campaign.end_at, campaign.zone)],
    plan: campaign.plan as unknown as Plan,
    zone_mode: campaign.zone_mode,
    overlap: campaign.overlap,
    reentry: campaign.reentry,
    doubt_policy: campaign.doubt_policy,
    misfire_grace_minutes: campaign.misfire_grace_seconds / 60,
    sender_name: campaign.sender_name ?? undefined,
    parameters: Object.fromEntries(
      Object.entries(campaign.parameters).map(([name, value]) => [name, String(value)]),
    ),
  };
}

export function bodyOf(draft: Draft): CampaignBody {
  const [start, end] = draft.period ?? [null, null];
  return {
    name: draft.name.trim(),
    description: draft.description.trim(),
    flow_id: draft.flow_id ?? 0,
    include_group_ids: draft.include_group_ids,
    exclude_group_ids: draft.exclude_group_ids,
    start_at: start?.format(WALL) ?? "",
    end_at: end?.format(WALL) ?? "",
    plan: { ...draft.plan },
    zone_mode: draft.zone_mode,
    overlap: draft.overlap,
    reentry: draft.reentry,
    doubt_policy: draft.doubt_policy,
    misfire_grace_seconds: Math.round(draft.misfire_grace_minutes * 60),
    sender_name: draft.sender_name ?? null,
    parameters: Object.fromEntries(
      Object.entries(draft.parameters).filter(([, value]) => value !== ""),
    ),
  };
}

/**
 * Only what differs: a start that does not change must not be sent, for the server holds a changed
 * start against the clock, and a suspended campaign's lies in the past.
 */
export function changeOf(before: Draft, after: Draft): CampaignChange {
  const [was, is] = [bodyOf(before), bodyOf(after)];
  return Object.fromEntries(
    Object.entries(is).filter(
      ([name, value]) =>
        JSON.stringify(value) !== JSON.stringify(was[name as keyof CampaignBody]),
    ),
  );
}

/** The whole campaign as it would become; times that stay are told exactly, not by the wall clock. */
export function wholeOf(campaign: Campaign, before: Draft, after: Draft): CampaignBody {
  const [was, is] = [bodyOf(before), bodyOf(after)];
  return {
    ...is,
    start_at: is.start_at === was.start_at ? campaign.start_at : is.start_at,
    end_at: is.end_at === was.end_at ? campaign.end_at : is.end_at,
  };
}
