// The conversation with a contact, as on a phone, with what became of each message.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences, useScheme } from "../../app/preferences";
import { useMe } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { inZone } from "../../parts/times";
import type { Message } from "../messages/queries";
import { Said } from "../messages/Said";
import { useComponentsOf } from "../templates/useComponents";

const MESSAGES_A_PAGE = 40;
const REFRESH_MILLISECONDS = 5_000;

export function useConversation(contactId: number) {
  return useInfiniteQuery({
    queryKey: ["messages", "conversation", contactId],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET("/api/v1/contacts/{contact_id}/messages", {
          params: {
            path: { contact_id: contactId },
            query: { cursor: pageParam, limit: MESSAGES_A_PAGE },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MILLISECONDS,
  });
}

export function Conversation({ contactId, name }: { contactId: number; name: string }) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const look = useScheme();
  const { zone } = useMe();
  const pages = useConversation(contactId);
  const place = useRef<HTMLDivElement>(null);
  const newest = useRef<number>(undefined);
  const messages = pages.data?.pages.toReversed().flatMap((page) => page.items) ?? [];
  const components = useComponentsOf(messages);

  // A new message is scrolled to; older ones that are loaded above move nothing.
  const newestId = messages.at(-1)?.id;
  useEffect(() => {
    if (place.current === null || newest.current === newestId) return;
    newest.current = newestId;
    place.current.scrollTop = place.current.scrollHeight;
  }, [newestId]);

  if (pages.data === undefined) {
    return pages.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(pages.error)} onRetry={() => void pages.refetch()} />
    );
  }
  if (messages.length === 0) {
    return <Empty title={t("conversation.emptyTitle")} text={t("conversation.emptyText")} />;
  }
  const dayOf = (message: Message) =>
    inZone(new Date(message.created_at), zone, language, { dateStyle: "full" });
  return (
    <div
      ref={place}
      className={`chat chat-${look} conversation`}
      role="log"
      aria-label={t("conversation.with", { name })}
      tabIndex={0}
    >
      {pages.hasNextPage && (
        <Button
          size="small"
          style={{ alignSelf: "center" }}
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {t("conversation.older")}
        </Button>
      )}
      {messages.map((message, index) => {
        const before = messages[index - 1];
        const day = dayOf(message);
        return (
          <div key={message.id} className="conversation-row">
            {(before === undefined || dayOf(before) !== day) && (
              <div className="chat-day">{day}</div>
            )}
            <Said message={message} components={components} />
          </div>
        );
      })}
    </div>
  );
}
