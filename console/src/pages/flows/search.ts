// What the addresses of the flow pages carry.

import { TRIGGER_KINDS, type TriggerKind } from "../../canvas/document";

export interface FlowListSearch {
  search?: string;
  trigger?: TriggerKind;
  published?: boolean;
}

export function flowListSearchOf(search: Record<string, unknown>): FlowListSearch {
  return {
    search:
      typeof search.search === "string" && search.search !== "" ? search.search : undefined,
    trigger: TRIGGER_KINDS.find((each) => each === search.trigger),
    published: typeof search.published === "boolean" ? search.published : undefined,
  };
}

export interface FlowSearch {
  /** A published version, read only; else the draft. */
  version?: number;
  node?: string;
}

export function flowSearchOf(search: Record<string, unknown>): FlowSearch {
  const version = Number(search.version);
  return {
    version: Number.isSafeInteger(version) && version > 0 ? version : undefined,
    node: typeof search.node === "string" && search.node !== "" ? search.node : undefined,
  };
}
