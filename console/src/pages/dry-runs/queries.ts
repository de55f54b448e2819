// What the dry run pages ask of the server.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, mintKey, type Schemas } from "../../api/client";

export type DryRun = Schemas["DryRunAnswer"];
export type Summary = Schemas["DryRunSummaryAnswer"];
export type Person = Schemas["DryRunPersonAnswer"];
export type Forecast = Person["outcome"];
export type DryRunBody = Schemas["DryRunBody"];

export const FORECASTS: readonly Forecast[] = ["send", "held", "skipped", "failed"];

const PAGE_LIMIT = 25;
const PROGRESS_MILLISECONDS = 700;

export interface DryRunSearch {
  outcome?: Forecast;
  reason?: string;
  node?: string;
  text?: string;
  person?: number;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? value
    : typeof value === "number"
      ? String(value)
      : undefined;
}

/** Read the filters of a dry run; what is not understood is left out. */
export function dryRunSearchOf(search: Record<string, unknown>): DryRunSearch {
  const person = Number(search.person);
  return {
    outcome: FORECASTS.find((each) => each === search.outcome),
    reason: text(search.reason),
    node: text(search.node),
    text: text(search.text),
    person: Number.isSafeInteger(person) && person > 0 ? person : undefined,
  };
}

export function isUnderWay(dryRun: DryRun | undefined): boolean {
  return dryRun?.status === "waiting" || dryRun?.status === "running";
}

export const dryRunQuery = (dryRunId: number) =>
  queryOptions({
    queryKey: ["dry-runs", "one", dryRunId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/dry-runs/{dry_run_id}", { params: { path: { dry_run_id: dryRunId } } }),
      ),
    refetchInterval: ({ state }) => isUnderWay(state.data) && PROGRESS_MILLISECONDS,
  });

export const dryRunPeopleQuery = (dryRunId: number, search: DryRunSearch, cursor?: string) => {
  const { outcome, reason, node, text: part } = search;
  return queryOptions({
    queryKey: ["dry-runs", "people", dryRunId, outcome, reason, node, part, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/dry-runs/{dry_run_id}/people", {
          params: {
            path: { dry_run_id: dryRunId },
            query: { outcome, reason, node_id: node, text: part, cursor, limit: PAGE_LIMIT },
          },
        }),
      ),
    placeholderData: (before) => before,
  });
};

export const dryRunPersonQuery = (dryRunId: number, contactId: number) =>
  queryOptions({
    queryKey: ["dry-runs", "person", dryRunId, contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/dry-runs/{dry_run_id}/people/{contact_id}", {
          params: { path: { dry_run_id: dryRunId, contact_id: contactId } },
        }),
      ),
  });

export const versionQuery = (flowId: number, number: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "versions", number],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/versions/{number}", {
          params: { path: { flow_id: flowId, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function csvAddress(dryRunId: number, search: DryRunSearch): string {
  const { outcome, reason, node, text: part } = search;
  const given = Object.entries({ outcome, reason, node_id: node, text: part }).filter(
    ([, value]) => value !== undefined,
  );
  const query = new URLSearchParams(given as [string, string][]).toString();
  return `/api/v1/dry-runs/${dryRunId}/people.csv${query && `?${query}`}`;
}

/** Ask for a dry run. */
export function useAskDryRun() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: DryRunBody) =>
      answerOf(
        api.POST("/api/v1/dry-runs", {
          body,
          params: { header: { "idempotency-key": mintKey() } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["dry-runs", "list"] }),
  });
}
