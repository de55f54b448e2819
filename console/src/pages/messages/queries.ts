// Questions about messages, and what their addresses carry.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type Message = Schemas["MessageAnswer"];
export type MessageStatus = Schemas["MessageStatus"];

const PAGE_SIZE = 50;
const REFRESH_MILLISECONDS = 5_000;
export const DIRECTIONS = ["out", "in"] as const;
export const STATUSES: readonly MessageStatus[] = [
  "queued",
  "held",
  "accepted",
  "failed",
  "in_doubt",
  "skipped",
  "received",
];

export interface MessageSearch {
  direction?: (typeof DIRECTIONS)[number];
  status?: MessageStatus;
  sender_id?: number;
  campaign_id?: number;
  contact_id?: number;
  provider_id?: string;
  /** The message that is opened beside the list. */
  message?: number;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** Read the filters of the list; what is not understood is left out. */
export function messageSearchOf(search: Record<string, unknown>): MessageSearch {
  return {
    direction: DIRECTIONS.find((each) => each === search.direction),
    status: STATUSES.find((each) => each === search.status),
    sender_id: positive(search.sender_id),
    campaign_id: positive(search.campaign_id),
    contact_id: positive(search.contact_id),
    provider_id:
      typeof search.provider_id === "string" && search.provider_id !== ""
        ? search.provider_id
        : undefined,
    message: positive(search.message),
  };
}

export const messagesQuery = (search: Omit<MessageSearch, "message">, cursor?: string) =>
  queryOptions({
    queryKey: ["messages", "list", search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/messages", { params: { query: { ...search, cursor, limit: PAGE_SIZE } } }),
      ),
    placeholderData: keepPreviousData,
    // The first page is watched; a page further back is read in peace.
    refetchInterval: cursor === undefined ? REFRESH_MILLISECONDS : false,
  });

export const messageQuery = (messageId: number) =>
  queryOptions({
    queryKey: ["messages", "one", messageId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/messages/{message_id}", { params: { path: { message_id: messageId } } }),
      ),
    refetchInterval: REFRESH_MILLISECONDS,
  });

const FOUND_LIMIT = 20;

export const contactsFoundQuery = (text: string) =>
  queryOptions({
    queryKey: ["contacts", "found", text],
    queryFn: () =>
      answerOf(api.GET("/api/v1/contacts", { params: { query: { text, limit: FOUND_LIMIT } } })),
    enabled: text !== "",
  });

export const contactNamedQuery = (contactId: number | undefined) =>
  queryOptions({
    queryKey: ["contacts", "one", contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}", {
          params: { path: { contact_id: contactId ?? 0 } },
        }),
      ),
    enabled: contactId !== undefined,
  });

export const campaignsFoundQuery = (name: string) =>
  queryOptions({
    queryKey: ["campaigns", "found", name],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/campaigns", {
          params: { query: { name: name || undefined, limit: FOUND_LIMIT } },
        }),
      ),
  });
