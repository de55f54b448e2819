// What the pages about bindings ask.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import { TRIGGER_KINDS, type TriggerKind } from "../../canvas/document";

export type Binding = Schemas["BindingAnswer"];
export type BindingTries = Schemas["BindingTriesAnswer"];

export interface BindingSearch {
  flow?: number;
  sender?: number;
}

function idOf(value: unknown): number | undefined {
  const id = Number(value);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

export function bindingSearchOf(search: Record<string, unknown>): BindingSearch {
  return { flow: idOf(search.flow), sender: idOf(search.sender) };
}

export const bindingsQuery = (search: BindingSearch) =>
  queryOptions({
    queryKey: ["bindings", search],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/bindings", {
          params: { query: { flow_id: search.flow, sender_id: search.sender } },
        }),
      ),
  });

const MOST_CHOICES = 50;

/** The flows that can be bound: those of a channel that are not published. */
export const bindableQuery = (channel: string | undefined, words: string) =>
  queryOptions({
    queryKey: ["flows", "bindable", channel ?? null, words],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows", {
          params: {
            query: {
              trigger_kind: TRIGGER_KINDS.find((each): each is TriggerKind => each === channel),
              is_published: false,
              search: words || undefined,
              limit: MOST_CHOICES,
            },
          },
        }),
      ),
    enabled: channel !== undefined,
    placeholderData: (before) => before,
  });

/** What the flows of a sender make of a message. */
export const triesQuery = (senderId: number | undefined, text: string) =>
  queryOptions({
    // Below `bindings`: whoever binds another flow gets another answer.
    queryKey: ["bindings", "tries", senderId ?? null, text],
    queryFn: () =>
      answerOf(
        api.POST("/api/v1/senders/{sender_id}/bindings/try", {
          params: { path: { sender_id: senderId ?? 0 } },
          body: { text, kind: "text" },
        }),
      ),
    enabled: senderId !== undefined && text !== "",
  });

export function bind(flowId: number, senderId: number, priority: number): Promise<Binding> {
  return answerOf(
    api.PUT("/api/v1/flows/{flow_id}/bindings/{sender_id}", {
      params: { path: { flow_id: flowId, sender_id: senderId } },
      body: { priority },
    }),
  );
}

export function rebind(binding: Binding, toSenderId: number): Promise<Binding> {
  return answerOf(
    api.POST("/api/v1/flows/{flow_id}/bindings/{sender_id}/move", {
      params: { path: { flow_id: binding.flow_id, sender_id: binding.sender_id } },
      body: { to_sender_id: toSenderId },
    }),
  );
}

export async function unbind(binding: Binding): Promise<void> {
  await answerOf(
    api.DELETE("/api/v1/flows/{flow_id}/bindings/{sender_id}", {
      params: { path: { flow_id: binding.flow_id, sender_id: binding.sender_id } },
    }),
  );
}
