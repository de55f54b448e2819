// What the addresses of the flow pages carry.

import { TRIGGER_KINDS, type TriggerKind } from "../../canvas/document";
import { SHOWN_TRAFFIC, type ShownTraffic } from "../../canvas/shownTraffic";

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
  /** A play that somebody shared. */
  play?: string;
}

export function flowSearchOf(search: Record<string, unknown>): FlowSearch {
  const version = Number(search.version);
  return {
    version: Number.isSafeInteger(version) && version > 0 ? version : undefined,
    node: typeof search.node === "string" && search.node !== "" ? search.node : undefined,
    play: typeof search.play === "string" ? search.play : undefined,
  };
}

export interface InsightSearch {
  version?: number;
  node?: string;
  shown?: ShownTraffic;
}

export function insightSearchOf(search: Record<string, unknown>): InsightSearch {
  const { version, node } = flowSearchOf(search);
  return { version, node, shown: SHOWN_TRAFFIC.find((each) => each === search.shown) };
}

export interface VersionsSearch {
  before?: number;
  /** The draft, when it is not given. */
  after?: number;
}

export function versionsSearchOf(search: Record<string, unknown>): VersionsSearch {
  return {
    before: flowSearchOf({ version: search.before }).version,
    after: flowSearchOf({ version: search.after }).version,
  };
}

export interface TestsSearch {
  test?: string;
  node?: string;
}

export function testsSearchOf(search: Record<string, unknown>): TestsSearch {
  return {
    test: typeof search.test === "string" && search.test !== "" ? search.test : undefined,
    node: flowSearchOf(search).node,
  };
}
