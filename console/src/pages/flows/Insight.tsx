// A flow's numbers: what all its sessions do, on the canvas, with the switch of its log.

import { BarChartOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Select, Switch, Table } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import type { ShownTraffic } from "../../canvas/shownTraffic";
import { TrafficSwitch } from "../../canvas/TrafficSwitch";
import { useAct } from "../../parts/act";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Ago } from "../../parts/Times";
import { flowQuery, versionsQuery } from "./queries";

const InsightCanvas = lazy(async () => ({ default: (await import("./InsightCanvas")).InsightCanvas }));
const route = getRouteApi("/shell/flows/$flowId/insight");
const REFRESH_MILLISECONDS = 5_000;

export type Insight = Schemas["FlowInsightAnswer"];

export function FlowInsight() {
  const { t } = useTranslation("insight");
  const { flowId } = route.useParams();
  const { version, shown = "counts", node } = route.useSearch();
  const navigate = useNavigate({ from: "/flows/$flowId/insight" });
  const flow = useQuery(flowQuery(flowId));
  const versions = useQuery(versionsQuery(flowId));
  const insight = useQuery({
    queryKey: ["flow-insight", flowId, version ?? null],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/insight", {
          params: { path: { flow_id: flowId }, query: { version_number: version } },
        }),
      ),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  const error = flow.error ?? insight.error ?? versions.error;
  if (flow.data === undefined || insight.data === undefined || versions.data === undefined) {
    if (error === null) return <Loading rows={10} />;
    return <Failure problem={asProblem(error)} onRetry={() => void insight.refetch()} />;
  }
  const numbers = versions.data.items.map((each) => each.number);
  const pictured = version ?? flow.data.published_number ?? numbers[0];
  return (
    <>
      <PageHead
        title={t("flow.title", { name: flow.data.name })}
        below={
          <>
            <Link to="/flows/$flowId" params={{ flowId }}>
              {t("flow.editor")}
            </Link>
            {" · "}
            <Link to="/flows">{t("flow.all")}</Link>
          </>
        }
        actions={<LogSwitch flowId={flowId} />}
      />
      {pictured === undefined ? (
        <Empty title={t("flow.never")} text={t("flow.neverText")} />
      ) : (
        <>
          <div className="insight-bar">
            <Select
              aria-label={t("flow.version")}
              value={version ?? 0}
              style={{ minWidth: 180 }}
              options={[
                { value: 0, label: t("flow.allVersions") },
                ...numbers.map((number) => ({ value: number, label: t("flow.oneVersion", { number }) })),
              ]}
              onChange={(number) =>
                void navigate({ search: (old) => ({ ...old, version: number || undefined }), replace: true })
              }
            />
            <TrafficSwitch
              value={shown}
              onChange={(chosen: ShownTraffic) =>
                void navigate({ search: (old) => ({ ...old, shown: chosen }), replace: true })
              }
            />
            <span className="soft">
              <BarChartOutlined aria-hidden="true" />{" "}
              {t("flow.sum", {
                started: insight.data.started_count,
                waiting: insight.data.waiting_count,
                failed: insight.data.failed_count,
              })}
            </span>
          </div>
          <Suspense fallback={<Loading rows={8} />}>
            <InsightCanvas
              flowId={flowId}
              number={pictured}
              insight={insight.data}
              shown={shown}
              node={node}
              onNode={(id) =>
                void navigate({ search: (old) => ({ ...old, node: id }), replace: true })
              }
            />
          </Suspense>
          <Failures insight={insight.data} />
        </>
      )}
    </>
  );
}

function LogSwitch({ flowId }: { flowId: number }) {
  const { t } = useTranslation("insight");
  const mayEdit = useMay("edit_flows");
  const { data } = useQuery({
    queryKey: ["flow-log", flowId],
    queryFn: () =>
      answerOf(api.GET("/api/v1/flows/{flow_id}/log", { params: { path: { flow_id: flowId } } })),
  });
  const turn = useAct({
    act: (isLogging: boolean) =>
      answerOf(
        api.PUT("/api/v1/flows/{flow_id}/log", {
          params: { path: { flow_id: flowId } },
          body: { is_logging: isLogging },
        }),
      ),
    topics: ["flow-log"],
  });
  return (
    <label className="row" title={t("log.help")} style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
      <Switch
        aria-label={t("log.title")}
        checked={data?.is_logging ?? false}
        disabled={!mayEdit || data === undefined}
        loading={turn.isPending}
        onChange={(isOn) => turn.mutate(isOn)}
      />
      {t("log.title")}
    </label>
  );
}

function Failures({ insight }: { insight: Insight }) {
  const { t } = useTranslation("insight");
  const rows = insight.nodes.flatMap((node) =>
    node.failures.map((each) => ({
      key: `${node.node_id}/${each.reason}`,
      node_id: node.node_id,
      reason: each.reason,
      count: each.failed_count,
      examples: node.examples.filter((one) => one.reason === each.reason),
    })),
  );
  if (rows.length === 0) return null;
  return (
    <section className="panel" aria-label={t("failures.title")} style={{ marginTop: 16 }}>
      <h2>{t("failures.title")}</h2>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t("failures.title")}>
        <Table
          size="small"
          pagination={false}
          dataSource={rows}
          columns={[
            { title: t("session.node"), dataIndex: "node_id", render: (id: string) => <code>{id}</code> },
            { title: t("failures.reason"), dataIndex: "reason", render: (reason: string) => <code>{reason}</code> },
            { title: t("failures.count"), dataIndex: "count", render: (count: number) => <Count value={count} /> },
            {
              title: t("failures.last"),
              dataIndex: "examples",
              render: (_, row) => (
                <ul style={{ padding: 0, margin: 0, listStyle: "none" }}>
                  {row.examples.map((each) => (
                    <li key={each.session_id}>
                      <Link to="/sessions/$sessionId" params={{ sessionId: each.session_id }}>
                        {t("failures.session", { id: each.session_id })}
                      </Link>{" "}
                      {each.failed_at !== null && (
                        <span className="soft small">
                          <Ago at={each.failed_at} />
                        </span>
                      )}
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      </div>
    </section>
  );
}
