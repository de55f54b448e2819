// The tests of a flow's draft: how each goes, and what they walk together, lit on the canvas.

import { MobileOutlined, PlayCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { documentOf } from "../../canvas/document";
import { testsOf } from "../../canvas/play";
import { TestList, Walked } from "../../canvas/TestList";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Status } from "../../parts/Status";
import { useUndo } from "../../parts/undo";
import "./flows.css";
import { draftTestsQuery, type Flow, flowQuery, saveDraft } from "./queries";

const TestsCanvas = lazy(async () => ({ default: (await import("./TestsCanvas")).TestsCanvas }));
const route = getRouteApi("/shell/flows/$flowId/tests");

export function FlowTests() {
  const { flowId } = route.useParams();
  const { data, error, refetch } = useQuery(flowQuery(flowId));
  if (data === undefined) {
    if (error === null) return <Loading rows={10} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  return <TestsOfFlow flow={data} />;
}

function TestsOfFlow({ flow }: { flow: Flow }) {
  const { t } = useTranslation("flows");
  const { test, node } = route.useSearch();
  const navigate = route.useNavigate();
  const mayEdit = useMay("edit_flows");
  const tests = testsOf(documentOf(flow.draft));
  const run = useQuery(draftTestsQuery(flow.id, flow.draft_revision));
  const undo = useUndo();
  const remove = useAct({
    act: (name: string) => {
      const draft = documentOf(flow.draft);
      const kept = testsOf(draft).filter((each) => each.name !== name);
      return saveDraft(flow.id, { ...draft, tests: kept }, flow.draft_revision);
    },
    topics: ["flows"],
    onDone: (saved, name) =>
      undo({
        told: t("tests.removed", { name }),
        topics: ["flows"],
        undo: () => saveDraft(flow.id, documentOf(flow.draft), saved.draft_revision),
      }),
  });
  const play = (
    <Link to="/flows/$flowId" params={{ flowId: flow.id }} search={{ play: "" }}>
      <Button type={tests.length === 0 ? "primary" : "default"} icon={<MobileOutlined />} tabIndex={-1}>
        {t("tests.play")}
      </Button>
    </Link>
  );
  return (
    <>
      <PageHead
        title={t("tests.title", { name: flow.name })}
        beside={run.data !== undefined && tests.length > 0 && <Verdict failedCount={run.data.failed_count} />}
        below={
          <>
            <Link to="/flows/$flowId" params={{ flowId: flow.id }}>
              {t("versions.editor")}
            </Link>
            {" · "}
            <Link to="/flows">{t("bar.list")}</Link>
          </>
        }
        actions={
          <>
            {mayEdit && tests.length > 0 && play}
            {tests.length > 0 && (
              <Button
                type="primary"
                icon={<PlayCircleOutlined />}
                loading={run.isFetching}
                onClick={() => void run.refetch()}
              >
                {t("canvas:tests.run")}
              </Button>
            )}
          </>
        }
      />
      {tests.length === 0 && (
        <div className="panel">
          <Empty title={t("tests.none")} text={t("tests.noneText")} action={mayEdit && play} />
        </div>
      )}
      {run.error !== null && <Failure problem={asProblem(run.error)} onRetry={() => void run.refetch()} />}
      {tests.length > 0 && (
        <div className="versions-page">
          <section className="panel" aria-label={t("tests.list")}>
            <TestList
              tests={tests}
              report={run.data}
              chosen={test}
              onChoose={(name) => void navigate({ search: { test: name }, replace: true })}
              onRemove={mayEdit ? (name) => remove.mutate(name) : undefined}
            />
            {run.data !== undefined && (
              <Walked
                report={run.data}
                onOpen={(id) => void navigate({ search: { test, node: id }, replace: true })}
              />
            )}
          </section>
          <section className="compare" aria-label={t("tests.canvasTitle")}>
            <p className="soft small">{test === undefined ? t("tests.together") : t("tests.wayOf", { name: test })}</p>
            <Suspense fallback={<Loading rows={8} />}>
              <TestsCanvas flow={flow} report={run.data} test={test} chosen={node} />
            </Suspense>
          </section>
        </div>
      )}
    </>
  );
}

function Verdict({ failedCount }: { failedCount: number }) {
  const { t } = useTranslation("flows");
  return failedCount === 0 ? (
    <Status tone="ok">{t("tests.pass")}</Status>
  ) : (
    <Status tone="fail">{t("tests.fail", { count: failedCount })}</Status>
  );
}
