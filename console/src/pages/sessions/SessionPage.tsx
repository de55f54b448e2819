// One contact's walk through a flow: its way on the canvas, its events, variables and messages.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Alert, Button, Tabs } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useScheme } from "../../app/preferences";
import { useMay } from "../../app/session";
import { EventLog, VariableList, variablesAfter } from "../../canvas/EventLog";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { ZonedTime } from "../../parts/Times";
import { Said } from "../messages/Said";
import { useComponentsOf } from "../templates/useComponents";
import { SessionStatus } from "./SessionStatus";

const SessionPicture = lazy(async () => ({ default: (await import("./SessionPicture")).SessionPicture }));
const REFRESH_MILLISECONDS = 5_000;

export type Story = Schemas["SessionStoryAnswer"];

export function SessionPage() {
  const { t } = useTranslation("insight");
  const { sessionId } = useParams({ from: "/shell/sessions/$sessionId" });
  const { data, error, refetch } = useQuery({
    queryKey: ["sessions", sessionId],
    queryFn: () =>
      answerOf(api.GET("/api/v1/sessions/{session_id}", { params: { path: { session_id: sessionId } } })),
    refetchInterval: (query) => (query.state.data?.status === "waiting" ? REFRESH_MILLISECONDS : false),
  });
  const [until, setUntil] = useState<number>();
  const [nodeId, setNodeId] = useState<string>();
  if (data === undefined) {
    if (error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  const who = data.contact_name || data.contact_phone || `#${data.contact_id}`;
  const events = until === undefined ? data.events : data.events.slice(0, until + 1);
  return (
    <>
      <PageHead
        title={t("session.title", { who, flow: data.flow_name })}
        beside={<SessionStatus session={data} />}
        below={
          <>
            <Link to="/audience/contacts/$contactId" params={{ contactId: data.contact_id }}>
              {who}
            </Link>
            {" · "}
            <Link to="/flows/$flowId" params={{ flowId: data.flow_id }} search={{ version: data.version_number }}>
              {t("session.version", { flow: data.flow_name, number: data.version_number })}
            </Link>
            {data.campaign_id !== null && (
              <>
                {" · "}
                <Link to="/campaigns/$campaignId" params={{ campaignId: data.campaign_id }}>
                  {data.campaign_name}
                </Link>
              </>
            )}
          </>
        }
      />
      <div className="split session-page">
        <section className="panel" aria-label={t("session.way")}>
          <Suspense fallback={<Loading rows={6} />}>
            <SessionPicture session={data} events={events} chosen={nodeId} onOpen={setNodeId} />
          </Suspense>
          <Facts
            rows={[
              [t("session.started"), <ZonedTime key="started" at={data.started_at} withSeconds />],
              [t("session.stands"), data.node_id === null ? null : <code key="node">{data.node_id}</code>],
              [
                t("session.waits"),
                data.wake_at === null ? null : <ZonedTime key="wake" at={data.wake_at} withSeconds />,
              ],
              [
                t("session.ended"),
                data.ended_at === null ? null : <ZonedTime key="ended" at={data.ended_at} withSeconds />,
              ],
            ]}
          />
        </section>
        <section className="panel" aria-label={t("session.happened")}>
          <Tabs
            items={[
              {
                key: "events",
                label: t("session.events", { count: data.events.length }),
                children: <Events story={data} until={until} onPick={setUntil} onOpen={setNodeId} />,
              },
              {
                key: "variables",
                label: t("session.variables"),
                children: (
                  <>
                    {until !== undefined && (
                      <p className="small">
                        {t("session.then")}{" "}
                        <Button size="small" onClick={() => setUntil(undefined)}>
                          {t("session.now")}
                        </Button>
                      </p>
                    )}
                    <VariableList
                      variables={until === undefined ? data.variables : variablesAfter(data.events, until)}
                    />
                  </>
                ),
              },
              {
                key: "messages",
                label: t("session.messages", { count: data.messages.length }),
                children: <Messages story={data} />,
              },
            ]}
          />
        </section>
      </div>
    </>
  );
}

function Events(props: {
  story: Story;
  until: number | undefined;
  onPick: (index: number | undefined) => void;
  onOpen: (nodeId: string) => void;
}) {
  const { t } = useTranslation("insight");
  const mayEdit = useMay("edit_flows");
  const { story } = props;
  const turnOn = useAct({
    act: () =>
      answerOf(
        api.PUT("/api/v1/flows/{flow_id}/log", {
          params: { path: { flow_id: story.flow_id } },
          body: { is_logging: true },
        }),
      ),
    topics: ["sessions", "flow-log"],
    done: t("log.turnedOn"),
  });
  if (story.events.length === 0) {
    return (
      <Empty
        title={t("session.notTraced")}
        text={story.is_logging ? t("session.notTracedYet") : t("session.notTracedText")}
        action={
          mayEdit &&
          !story.is_logging && (
            <Button loading={turnOn.isPending} onClick={() => turnOn.mutate()}>
              {t("log.turnOn")}
            </Button>
          )
        }
      />
    );
  }
  return (
    <>
      {!story.is_traced_whole && <Alert type="info" showIcon title={t("session.tracedPartly")} style={{ marginBottom: 8 }} />}
      <EventLog
        events={story.events}
        until={props.until}
        onOpen={props.onOpen}
        onPick={(index) => props.onPick(index === props.until ? undefined : index)}
      />
    </>
  );
}

function Messages({ story }: { story: Story }) {
  const { t } = useTranslation("insight");
  const look = useScheme();
  const components = useComponentsOf(story.messages);
  if (story.messages.length === 0) return <Empty title={t("session.silent")} />;
  return (
    <div className={`chat chat-${look} conversation`} role="log" aria-label={t("session.messagesOf")} tabIndex={0}>
      {story.messages.map((message) => (
        <div key={message.id} className="conversation-row">
          <Said message={message} components={components} />
        </div>
      ))}
    </div>
  );
}
