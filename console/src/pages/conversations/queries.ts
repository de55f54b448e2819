// Questions about conversations that wait for a person, and what their addresses carry.

import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";
import { useMe } from "../../app/session";

export type Waiting = Schemas["ConversationAnswer"];

const PAGE_SIZE = 50;
const REFRESH_MILLISECONDS = 10_000;
export const WHOSE = ["all", "nobody", "mine", "closed"] as const;
export type Whose = (typeof WHOSE)[number];

export interface ConversationSearch {
  whose?: Whose;
  /** The conversation that is opened. */
  open?: number;
}

/** Read the address; what is not understood is left out. */
export function conversationSearchOf(search: Record<string, unknown>): ConversationSearch {
  const open = Number(search.open);
  return {
    whose: WHOSE.find((each) => each === search.whose),
    open: Number.isSafeInteger(open) && open > 0 ? open : undefined,
  };
}

export const countsQuery = queryOptions({
  queryKey: ["conversations", "counts"],
  queryFn: () => answerOf(api.GET("/api/v1/conversations/counts")),
});

/** Who is signed in; a key looks after nobody. */
export function useUserId(): number | null {
  const me = useMe();
  return me.kind === "user" ? me.id : null;
}

/** How many people wait. */
export function useWaitingCount(): number {
  return useQuery(countsQuery).data?.open_count ?? 0;
}

/** The list, page by page; the last words of each change without anybody's telling. */
export function useConversations(whose: Whose, userId: number | null) {
  const isMine = whose === "mine" && userId !== null;
  const query = {
    state: whose === "closed" ? ("closed" as const) : ("open" as const),
    assigned_user_id: whose === "nobody" ? 0 : isMine ? userId : undefined,
    limit: PAGE_SIZE,
  };
  return useInfiniteQuery({
    queryKey: ["conversations", "list", query],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/conversations", { params: { query: { ...query, cursor: pageParam } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

export const conversationQuery = (conversationId: number) =>
  queryOptions({
    queryKey: ["conversations", "one", conversationId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/conversations/{conversation_id}", {
          params: { path: { conversation_id: conversationId } },
        }),
      ),
    refetchInterval: REFRESH_MILLISECONDS,
  });

export const windowsQuery = (contactId: number) =>
  queryOptions({
    queryKey: ["messages", "windows", contactId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}/windows", {
          params: { path: { contact_id: contactId } },
        }),
      ),
    refetchInterval: REFRESH_MILLISECONDS,
  });
