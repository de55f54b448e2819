// People who wait for a person: the list at one side, the chosen conversation at the other.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Empty, NoneMatch } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Ago } from "../../parts/Times";
import { contentOf, lineOf } from "../../parts/whatsapp";
import { countsQuery, useConversations, useUserId, type Waiting, WHOSE, type Whose } from "./queries";
import { nameOf, Thread } from "./Thread";
import "./conversations.css";

function Row({ conversation, isOpen }: { conversation: Waiting; isOpen: boolean }) {
  const { t } = useTranslation("conversations");
  const { last_content, last_direction, last_at } = conversation;
  return (
    <li>
      <Link
        to="/conversations"
        search={(before) => ({ ...before, open: conversation.id })}
        className={isOpen ? "waiting is-open" : "waiting"}
        aria-current={isOpen ? "true" : undefined}
      >
        <span className="waiting-head">
          <strong>{nameOf(conversation)}</strong>
          <Ago at={last_at ?? conversation.opened_at} />
        </span>
        {conversation.note !== "" && <span className="waiting-note">{conversation.note}</span>}
        {last_content !== null && (
          <span className="waiting-last">
            {last_direction === "out" && `${t("us")} `}
            {lineOf(contentOf(last_content))}
          </span>
        )}
        <span className="soft small">
          {conversation.assigned_user_id === null
            ? t("nobody")
            : t("lookedAfter", { name: conversation.assigned_user_name || "?" })}
        </span>
      </Link>
    </li>
  );
}

export function ConversationList() {
  const { t } = useTranslation("conversations");
  const { whose = "all", open } = useSearch({ from: "/shell/conversations" });
  const navigate = useNavigate({ from: "/conversations" });
  const userId = useUserId();
  const counts = useQuery(countsQuery).data;
  const list = useConversations(whose, userId);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const go = (change: { whose?: Whose; open?: number }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const countOf: Record<Whose, number | undefined> = {
    all: counts?.open_count,
    nobody: counts?.unassigned_count,
    mine: counts?.mine_count,
    closed: undefined,
  };
  return (
    <>
      <PageHead title={t("title")} below={t("below")} />
      <Segmented<Whose>
        value={whose}
        aria-label={t("whose.label")}
        onChange={(value) => go({ whose: value === "all" ? undefined : value, open: undefined })}
        options={WHOSE.filter((value) => value !== "mine" || userId !== null).map((value) => ({
          value,
          label: countOf[value] === undefined ? t(`whose.${value}`) : `${t(`whose.${value}`)} ${countOf[value]}`,
        }))}
      />
      {list.data === undefined &&
        (list.error === null ? (
          <Loading />
        ) : (
          <Failure problem={asProblem(list.error)} onRetry={() => void list.refetch()} />
        ))}
      {list.data !== undefined && rows.length === 0 && open === undefined && (
        <div className="panel">
          {whose === "all" ? (
            <Empty title={t("emptyTitle")} text={t("emptyText")} action={<Link to="/flows">{t("toFlows")}</Link>} />
          ) : (
            <NoneMatch onClear={() => go({ whose: undefined })} />
          )}
        </div>
      )}
      {(rows.length > 0 || open !== undefined) && (
        <div className={open === undefined ? "desk" : "desk has-open"}>
          <div className="panel desk-list">
            <ul aria-label={t("title")}>
              {rows.map((row) => (
                <Row key={row.id} conversation={row} isOpen={row.id === open} />
              ))}
            </ul>
            {list.hasNextPage && (
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("more")}
              </Button>
            )}
          </div>
          {open === undefined ? (
            <div className="panel desk-none soft">{t("choose")}</div>
          ) : (
            <Thread key={open} conversationId={open} onBack={() => go({ open: undefined })} />
          )}
        </div>
      )}
    </>
  );
}
