// What the addresses of the campaign pages carry.

import type { Schemas } from "../../api/client";

export type CampaignStatus = Schemas["CampaignStatus"];
export const STATUSES: readonly CampaignStatus[] = ["pending", "in_progress", "suspended", "ended"];

export interface ListSearch {
  name?: string;
  status?: CampaignStatus;
  flow_id?: number;
  group_id?: number;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? value
    : typeof value === "number"
      ? String(value)
      : undefined;
}

function oneOf<Value extends string>(values: readonly Value[], value: unknown): Value | undefined {
  return values.find((each) => each === value);
}

/** Read the filters of the list; what is not understood is left out. */
export function listSearchOf(search: Record<string, unknown>): ListSearch {
  return {
    name: text(search.name),
    status: oneOf(STATUSES, search.status),
    flow_id: positive(search.flow_id),
    group_id: positive(search.group_id),
  };
}

export const TABS = ["overview", "people", "failures", "activity"] as const;
export type Tab = (typeof TABS)[number];

export interface DetailSearch {
  tab?: Tab;
  occurrence?: number;
  outcome?: string;
  reason?: string;
  text?: string;
}

export function detailSearchOf(search: Record<string, unknown>): DetailSearch {
  return {
    tab: oneOf(TABS, search.tab),
    occurrence: positive(search.occurrence),
    outcome: text(search.outcome),
    reason: text(search.reason),
    text: text(search.text),
  };
}
