// Questions about the audience.  The first word of a key is its topic.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import type { ContactSearch } from "./search";

export type Contact = Schemas["ContactAnswer"];
export type Group = Schemas["GroupAnswer"];
export type Import = Schemas["ImportAnswer"];

export const PAGE_SIZE = 50;
/** The API's largest page; a workspace has few groups. */
export const LARGEST_PAGE = 500;
const IMPORT_REFRESH_MILLISECONDS = 1_000;
const COUNT_STALE_MILLISECONDS = 30_000;

export function contactQueryOf(search: ContactSearch) {
  return {
    text: search.text,
    group_id: search.group_id,
    consent_state: search.consent,
  };
}

export const contactsQuery = (search: ContactSearch, cursor?: string) =>
  queryOptions({
    queryKey: ["contacts", "list", search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts", {
          params: { query: { ...contactQueryOf(search), cursor, limit: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

/** How many fit: an estimate at first when they are many, then the exact number. */
export const contactCountQuery = (search: ContactSearch) =>
  queryOptions({
    queryKey: ["contacts", "count", search],
    queryFn: async ({ client, queryKey }) => {
      const query = contactQueryOf(search);
      const ask = (exact: boolean) =>
        answerOf(api.GET("/api/v1/contacts/count", { params: { query: { ...query, exact } } }));
      const first = await ask(false);
      if (!first.is_exact) {
        void ask(true).then(
          (counted) => client.setQueryData(queryKey, counted),
          // The estimate stands.
          () => undefined,
        );
      }
      return first;
    },
    staleTime: COUNT_STALE_MILLISECONDS,
  });

export const contactQuery = (contactId: number) =>
  queryOptions({
    queryKey: ["contacts", "one", contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}", { params: { path: { contact_id: contactId } } }),
      ),
  });

export const consentsQuery = (contactId: number) =>
  queryOptions({
    queryKey: ["contacts", "consents", contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}/consents", {
          params: { path: { contact_id: contactId } },
        }),
      ),
  });

export const participationsQuery = (contactId: number, cursor?: string) =>
  queryOptions({
    queryKey: ["occurrences", "of-contact", contactId, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}/participations", {
          params: { path: { contact_id: contactId }, query: { cursor, limit: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const groupsQuery = (name?: string, cursor?: string) =>
  queryOptions({
    queryKey: ["groups", "list", name, cursor],
    queryFn: () =>
      answerOf(api.GET("/api/v1/groups", { params: { query: { name, cursor, limit: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
  });

export const allGroupsQuery = queryOptions({
  queryKey: ["groups", "all"],
  queryFn: () =>
    answerOf(api.GET("/api/v1/groups", { params: { query: { limit: LARGEST_PAGE } } })),
});

export const importsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["imports", "list", cursor],
    queryFn: () =>
      answerOf(api.GET("/api/v1/imports", { params: { query: { cursor, limit: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.items.some(isGoing) ? IMPORT_REFRESH_MILLISECONDS : false,
  });

export const importQuery = (importId: number) =>
  queryOptions({
    queryKey: ["imports", "one", importId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/imports/{import_id}", { params: { path: { import_id: importId } } }),
      ),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isGoing(state.data) ? IMPORT_REFRESH_MILLISECONDS : false,
  });

export const rejectionsQuery = (importId: number, status: string, cursor?: string) =>
  queryOptions({
    queryKey: ["imports", "rejections", importId, status, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/imports/{import_id}/rejections", {
          params: { path: { import_id: importId }, query: { cursor, limit: PAGE_SIZE } },
        }),
      ),
    placeholderData: keepPreviousData,
  });

export function isGoing(each: Import): boolean {
  return each.status === "waiting" || each.status === "running";
}
