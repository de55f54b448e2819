// Questions about webhook endpoints and what was told to them.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import type { Tone } from "../../app/theme";

export type Endpoint = Schemas["EndpointAnswer"];
export type Delivery = Schemas["DeliveryAnswer"];
export type DeliveryStatus = Delivery["status"];

const PAGE_SIZE = 20;
const REFRESH_MILLISECONDS = 5_000;

/** The kinds of events, those of messages first; the form of CAMS has words for some of them. */
export const KINDS = [
  "message.accepted",
  "message.sent",
  "message.delivered",
  "message.read",
  "message.failed",
  "message.skipped",
  "message.received",
  "template.changed",
  "sender.changed",
] as const;
export const CAMS_KINDS: readonly string[] = KINDS.filter(
  (kind) => kind.startsWith("message.") && kind !== "message.accepted",
);
export const DELIVERY_STATUSES = ["waiting", "delivered", "failed"] as const;
export const TONES: Record<DeliveryStatus, Tone> = {
  waiting: "wait",
  delivered: "ok",
  failed: "fail",
};

export interface DeliverySearch {
  status?: DeliveryStatus;
}

export function deliverySearchOf(search: Record<string, unknown>): DeliverySearch {
  return { status: DELIVERY_STATUSES.find((each) => each === search.status) };
}

export const endpointsQuery = queryOptions({
  queryKey: ["webhooks"],
  queryFn: async () => ({ items: await answerOf(api.GET("/api/v1/webhook-endpoints")) }),
  refetchInterval: REFRESH_MILLISECONDS,
});

export const endpointQuery = (endpointId: number) =>
  queryOptions({
    queryKey: ["webhooks", endpointId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/webhook-endpoints/{endpoint_id}", {
          params: { path: { endpoint_id: endpointId } },
        }),
      ),
    refetchInterval: REFRESH_MILLISECONDS,
  });

export const deliveriesQuery = (endpointId: number, status?: DeliveryStatus, cursor?: string) =>
  queryOptions({
    queryKey: ["webhooks", endpointId, "deliveries", status, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/webhook-deliveries", {
          params: { query: { endpoint_id: endpointId, status, cursor, limit: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MILLISECONDS,
  });
