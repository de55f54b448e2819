// What the campaign pages ask of the server.

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answerOf, api, mintKey } from "../../api/client";
import type { CampaignBody, CampaignChange } from "./draft";
import type { ListSearch } from "./search";

const PAGE_LIMIT = 25;
const PROGRESS_MILLISECONDS = 1_000;
const CHOICES_LIMIT = 200;

export type Outcome = "pending" | "accepted" | "held" | "skipped" | "failed" | "in_doubt";

export const campaignsQuery = (search: ListSearch, cursor?: string) =>
  queryOptions({
    queryKey: ["campaigns", "list", search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/campaigns", {
          params: { query: { ...search, cursor, limit: PAGE_LIMIT } },
        }),
      ),
    placeholderData: (before) => before,
    // The rate and the time left move even while no counter does.
    refetchInterval: ({ state }) =>
      state.data?.items.some((each) => each.progress?.is_running) && PROGRESS_MILLISECONDS * 2,
  });

export const campaignQuery = (campaignId: number) =>
  queryOptions({
    queryKey: ["campaigns", "one", campaignId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/campaigns/{campaign_id}", {
          params: { path: { campaign_id: campaignId } },
        }),
      ),
    refetchInterval: ({ state }) => state.data?.progress?.is_running && PROGRESS_MILLISECONDS,
  });

export const occurrencesQuery = (campaignId: number, cursor?: string) =>
  queryOptions({
    queryKey: ["occurrences", "of", campaignId, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/campaigns/{campaign_id}/occurrences", {
          params: { path: { campaign_id: campaignId }, query: { cursor, limit: 60 } },
        }),
      ),
  });

export interface PeopleSearch {
  outcome?: Outcome;
  reason?: string;
  text?: string;
}

export const peopleQuery = (occurrenceId: number, search: PeopleSearch, cursor?: string) =>
  queryOptions({
    queryKey: ["occurrences", "people", occurrenceId, search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/occurrences/{occurrence_id}/participants", {
          params: {
            path: { occurrence_id: occurrenceId },
            query: { ...search, cursor, limit: PAGE_LIMIT },
          },
        }),
      ),
    placeholderData: (before) => before,
  });

export const reasonsQuery = (occurrenceId: number) =>
  queryOptions({
    queryKey: ["occurrences", "reasons", occurrenceId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/occurrences/{occurrence_id}/reasons", {
          params: { path: { occurrence_id: occurrenceId } },
        }),
      ),
  });

export const explanationQuery = (occurrenceId: number, contactId: number) =>
  queryOptions({
    queryKey: ["occurrences", "explanation", occurrenceId, contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/occurrences/{occurrence_id}/participants/{contact_id}", {
          params: { path: { occurrence_id: occurrenceId, contact_id: contactId } },
        }),
      ),
  });

export const activityQuery = (campaignId: number, cursor?: string) =>
  queryOptions({
    queryKey: ["campaigns", "activity", campaignId, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/audit-entries", {
          params: { query: { noun: "campaign", noun_id: campaignId, cursor, limit: PAGE_LIMIT } },
        }),
      ),
  });

/** The flows that a campaign may start: published, with the manual trigger. */
export const startableFlowsQuery = queryOptions({
  queryKey: ["flows", "startable"],
  queryFn: () =>
    answerOf(
      api.GET("/api/v1/flows", {
        params: { query: { trigger_kind: "manual", is_published: true, limit: CHOICES_LIMIT } },
      }),
    ),
});

export const groupsQuery = queryOptions({
  queryKey: ["groups", "all"],
  queryFn: () =>
    answerOf(api.GET("/api/v1/groups", { params: { query: { limit: CHOICES_LIMIT } } })),
});

/** The published version of a flow, as it would start now. */
export const publishedFlowQuery = (flowId: number) =>
  queryOptions({
    queryKey: ["flows", "published", flowId],
    queryFn: async () => {
      const flow = await answerOf(
        api.GET("/api/v1/flows/{flow_id}", { params: { path: { flow_id: flowId } } }),
      );
      if (flow.published_number === null) return null;
      return answerOf(
        api.GET("/api/v1/flows/{flow_id}/versions/{number}", {
          params: { path: { flow_id: flowId, number: flow.published_number } },
        }),
      );
    },
  });

function path(campaignId: number) {
  return { path: { campaign_id: campaignId } };
}

/** What can be done with campaigns; each change asks the lists anew. */
export function useCampaignChanges() {
  const queries = useQueryClient();
  const onSuccess = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["campaigns"] }),
      queries.invalidateQueries({ queryKey: ["occurrences"] }),
    ]);
  };
  return {
    create: useMutation({
      mutationFn: (body: CampaignBody) =>
        answerOf(
          api.POST("/api/v1/campaigns", {
            body,
            params: { header: { "idempotency-key": mintKey() } },
          }),
        ),
      onSuccess,
    }),
    modify: useMutation({
      mutationFn: ({ id, ...body }: CampaignChange & { id: number }) =>
        answerOf(api.PATCH("/api/v1/campaigns/{campaign_id}", { params: path(id), body })),
      onSuccess,
    }),
    suspend: useMutation({
      mutationFn: ({ id, reason }: { id: number; reason: string | null }) =>
        answerOf(
          api.POST("/api/v1/campaigns/{campaign_id}/suspend", {
            params: path(id),
            body: { reason },
          }),
        ),
      onSuccess,
    }),
    resume: useMutation({
      mutationFn: ({ id, ...body }: { id: number; start_at: string | null; end_at: string | null }) =>
        answerOf(api.POST("/api/v1/campaigns/{campaign_id}/resume", { params: path(id), body })),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (id: number) =>
        answerOf(api.DELETE("/api/v1/campaigns/{campaign_id}", { params: path(id) })),
      onSuccess,
    }),
  };
}
