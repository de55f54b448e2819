// One conversation: who waits and why, what was said, and what a person does about it.

import { CheckOutlined, LeftOutlined, UserAddOutlined, UserDeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { Conversation } from "../audience/Conversation";
import { Composer, type Content } from "./Composer";
import { conversationQuery, useUserId, type Waiting } from "./queries";

export function nameOf(conversation: Waiting): string {
  return conversation.contact_name || conversation.contact_phone || `#${conversation.contact_id}`;
}

function Actions({ conversation }: { conversation: Waiting }) {
  const { t } = useTranslation("conversations");
  const userId = useUserId();
  const ask = useAsk();
  const path = { conversation_id: conversation.id };
  const assign = useAct<number | null>({
    topics: ["conversations"],
    act: (user_id) =>
      answerOf(
        api.POST("/api/v1/conversations/{conversation_id}/assign", {
          params: { path },
          body: { user_id },
        }),
      ),
  });
  const close = useAct({
    topics: ["conversations"],
    act: () =>
      answerOf(api.POST("/api/v1/conversations/{conversation_id}/close", { params: { path } })),
    done: t("closed", { name: nameOf(conversation) }),
  });
  const isMine = userId !== null && conversation.assigned_user_id === userId;
  return (
    <span className="beside">
      {userId !== null && (
        <Button
          icon={isMine ? <UserDeleteOutlined /> : <UserAddOutlined />}
          loading={assign.isPending}
          onClick={() => assign.mutate(isMine ? null : userId)}
        >
          {t(isMine ? "release" : "take")}
        </Button>
      )}
      <Button
        icon={<CheckOutlined />}
        loading={close.isPending}
        onClick={() =>
          ask({
            title: t("closeTitle", { name: nameOf(conversation) }),
            text: t("closeText"),
            submit: t("close"),
            onYes: () => close.mutateAsync(),
          })
        }
      >
        {t("close")}
      </Button>
    </span>
  );
}

export function Thread({ conversationId, onBack }: { conversationId: number; onBack: () => void }) {
  const { t } = useTranslation("conversations");
  const mayReply = useMay("reply");
  const found = useQuery(conversationQuery(conversationId));
  if (found.data === undefined) {
    return found.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
    );
  }
  const conversation = found.data;
  const send = (content: Content, key: string) =>
    answerOf(
      api.POST("/api/v1/conversations/{conversation_id}/reply", {
        params: { path: { conversation_id: conversation.id } },
        body: { content, key },
      }),
    );
  return (
    <section className="panel thread" aria-label={nameOf(conversation)}>
      <div className="panel-head">
        <h2>
          <span className="beside">
            <Button
              className="thread-back"
              type="text"
              icon={<LeftOutlined />}
              aria-label={t("back")}
              onClick={onBack}
            />
            <Link to="/audience/contacts/$contactId" params={{ contactId: conversation.contact_id }}>
              {nameOf(conversation)}
            </Link>
            {conversation.state === "closed" && <Status tone="mute">{t("states.closed")}</Status>}
          </span>
        </h2>
        {mayReply && conversation.state === "open" && <Actions conversation={conversation} />}
      </div>
      {conversation.note !== "" && (
        <Alert
          type="info"
          showIcon
          title={`${t("noteHint")}: ${conversation.note}`}
          className="thread-note"
        />
      )}
      <p className="soft small">
        {t("opened")} <Ago at={conversation.opened_at} />
        {conversation.sender_name !== null && ` · ${conversation.sender_name}`}
        {" · "}
        {conversation.assigned_user_id === null
          ? t("nobody")
          : t("lookedAfter", { name: conversation.assigned_user_name || "?" })}
      </p>
      <Conversation contactId={conversation.contact_id} name={nameOf(conversation)} />
      {conversation.state === "open" && (
        <Composer
          key={conversation.id}
          name={nameOf(conversation)}
          closesAt={conversation.window_closes_at}
          send={send}
        />
      )}
    </section>
  );
}
