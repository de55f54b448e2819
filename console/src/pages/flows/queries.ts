// What the flow pages ask.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, mintKey, type Schemas } from "../../api/client";
import type { FlowDocument } from "../../canvas/document";
import type { FlowListSearch } from "./search";

export type FlowSummary = Schemas["FlowSummaryAnswer"];
export type Flow = Schemas["FlowAnswer"];
export type Publication = Schemas["PublicationAnswer"];
export type TestReport = Schemas["TestsAnswer"];

const PAGE = 25;
const MOST_VERSIONS = 100;

export const flowsQuery = (search: FlowListSearch, cursor: string | undefined) =>
  queryOptions({
    queryKey: ["flows", "list", search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows", {
          params: {
            query: {
              search: search.search,
              trigger_kind: search.trigger,
              is_published: search.published,
              limit: PAGE,
              cursor,
            },
          },
        }),
      ),
  });

export const flowQuery = (flowId: number) =>
  queryOptions({
    queryKey: ["flows", flowId],
    queryFn: () =>
      answerOf(api.GET("/api/v1/flows/{flow_id}", { params: { path: { flow_id: flowId } } })),
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

export const versionsQuery = (flowId: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "versions"],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/versions", {
          params: { path: { flow_id: flowId }, query: { limit: MOST_VERSIONS } },
        }),
      ),
  });

export const samplesQuery = (language: "en" | "zh") =>
  queryOptions({
    queryKey: ["flow-samples", language],
    queryFn: () => answerOf(api.GET("/api/v1/flows/samples", { params: { query: { language } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function createFlow(definition: FlowDocument, name?: string): Promise<Flow> {
  return answerOf(
    api.POST("/api/v1/flows", {
      body: { definition: definition as unknown as Record<string, unknown>, name },
      params: { header: { "idempotency-key": mintKey() } },
    }),
  );
}

export function saveDraft(flowId: number, definition: FlowDocument, revision: number): Promise<Flow> {
  return answerOf(
    api.PUT("/api/v1/flows/{flow_id}/draft", {
      params: { path: { flow_id: flowId } },
      body: { definition: definition as unknown as Record<string, unknown>, revision },
    }),
  );
}

/** How much is wrong with the drafts of a page of flows; asked after the list is there. */
export const problemCountsQuery = (flows: readonly FlowSummary[]) =>
  queryOptions({
    queryKey: ["flows", "problem-counts", flows.map((each) => [each.id, each.draft_revision])],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/problem-counts", {
          params: { query: { flow_id: flows.map((each) => each.id) } },
        }),
      ),
    enabled: flows.length > 0,
    placeholderData: (before) => before,
  });

/** The tests of a flow's draft, as they go now. */
export const draftTestsQuery = (flowId: number, revision: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "tests", revision],
    queryFn: () => answerOf(api.POST("/api/v1/flows/test", { body: { flow_id: flowId } })),
    retry: false,
  });

export const publicationQuery = (flowId: number, revision: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "publication", revision],
    queryFn: () =>
      answerOf(api.GET("/api/v1/flows/{flow_id}/publication", { params: { path: { flow_id: flowId } } })),
  });

export const WAITING_CHOICES = ["finish", "move", "stop"] as const;
export type WaitingChoice = (typeof WAITING_CHOICES)[number];

export function publishFlow(
  flowId: number,
  revision: number,
  { despiteTests = false, note = "", waiting = "finish" as WaitingChoice } = {},
) {
  return answerOf(
    api.POST("/api/v1/flows/{flow_id}/publish", {
      params: { path: { flow_id: flowId } },
      body: { revision, note, waiting, despite_tests: despiteTests },
    }),
  );
}

export function unpublishFlow(flowId: number): Promise<Flow> {
  return answerOf(
    api.POST("/api/v1/flows/{flow_id}/unpublish", { params: { path: { flow_id: flowId } } }),
  );
}

export async function deleteFlow(flowId: number): Promise<void> {
  await answerOf(
    api.DELETE("/api/v1/flows/{flow_id}", { params: { path: { flow_id: flowId } } }),
  );
}

/** Where a flow file is downloaded. */
export function exportAddress(flowId: number, number?: number): string {
  return `/api/v1/flows/${flowId}/export${number === undefined ? "" : `?number=${number}`}`;
}

/** What a later version, or the draft of a revision, has not in common with an earlier one. */
export const differenceQuery = (flowId: number, before: number, after: number | undefined, revision: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "compare", before, after ?? `draft ${revision}`],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/compare", {
          params: { path: { flow_id: flowId }, query: { before, after } },
        }),
      ),
    placeholderData: (former) => former,
  });

const RUNNING_MILLISECONDS = 2_000;

export const changeoversQuery = (flowId: number) =>
  queryOptions({
    queryKey: ["flows", flowId, "changeovers"],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/changeovers", {
          params: { path: { flow_id: flowId }, query: { limit: PAGE } },
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some((each) => each.status === "running") && RUNNING_MILLISECONDS,
  });

export function restoreVersion(flowId: number, number: number, revision: number): Promise<Flow> {
  return answerOf(
    api.POST("/api/v1/flows/{flow_id}/versions/{number}/restore", {
      params: { path: { flow_id: flowId, number } },
      body: { revision },
    }),
  );
}
