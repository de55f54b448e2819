// The versions of a flow: each with its note, two of them compared, one made the draft again.

import { SwapOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { documentOf } from "../../canvas/document";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { useUndo } from "../../parts/undo";
import { ChangeList } from "./ChangeList";
import { Changeovers } from "./Changeovers";
import "./flows.css";
import { FlowState } from "./FlowState";
import {
  differenceQuery,
  exportAddress,
  type Flow,
  flowQuery,
  restoreVersion,
  saveDraft,
  versionsQuery,
} from "./queries";
import type { VersionsSearch } from "./search";

const CompareCanvas = lazy(async () => ({ default: (await import("./CompareCanvas")).CompareCanvas }));
const route = getRouteApi("/shell/flows/$flowId/versions");
const DRAFT = 0;

export function FlowVersions() {
  const { t } = useTranslation("flows");
  const { flowId } = route.useParams();
  const flow = useQuery(flowQuery(flowId));
  const versions = useQuery(versionsQuery(flowId));
  const error = flow.error ?? versions.error;
  if (flow.data === undefined || versions.data === undefined) {
    if (error === null) return <Loading rows={10} />;
    return <Failure problem={asProblem(error)} onRetry={() => void (flow.refetch(), versions.refetch())} />;
  }
  const numbers = versions.data.items.map((each) => each.number);
  return (
    <>
      <PageHead
        title={t("versions.title", { name: flow.data.name })}
        beside={<FlowState flow={flow.data} />}
        below={
          <>
            <Link to="/flows/$flowId" params={{ flowId }}>
              {t("versions.editor")}
            </Link>
            {" · "}
            <Link to="/flows">{t("bar.list")}</Link>
          </>
        }
      />
      {numbers.length === 0 ? (
        <div className="panel">
          <Empty title={t("versions.none")} text={t("versions.noneText")} />
        </div>
      ) : (
        <div className="versions-page">
          <section className="panel" aria-label={t("versions.list")}>
            <VersionList flow={flow.data} />
            <Changeovers flowId={flowId} />
          </section>
          <Compare flow={flow.data} numbers={numbers} />
        </div>
      )}
    </>
  );
}

function VersionList({ flow }: { flow: Flow }) {
  const { t } = useTranslation("flows");
  const undo = useUndo();
  const navigate = route.useNavigate();
  const mayEdit = useMay("edit_flows");
  const { data } = useQuery(versionsQuery(flow.id));
  const restore = useAct({
    act: (number: number) => restoreVersion(flow.id, number, flow.draft_revision),
    topics: ["flows"],
    onDone: (restored, number) =>
      undo({
        told: t("versions.restored", { number }),
        topics: ["flows"],
        // What was the draft until now comes back.
        undo: () => saveDraft(flow.id, documentOf(flow.draft), restored.draft_revision),
      }),
  });
  return (
    <ul className="versions">
      {data?.items.map((version) => (
        <li key={version.id}>
          <div>
            <strong>{t("versions.number", { number: version.number })}</strong>{" "}
            {version.number === flow.published_number && <Status tone="ok">{t("versions.now")}</Status>}
            <div className="soft small">
              <Ago at={version.published_at} /> · {version.published_by}
            </div>
            {version.note !== "" && <p className="version-note">{version.note}</p>}
          </div>
          <div className="row">
            <Button
              size="small"
              aria-label={t("versions.compareOf", { number: version.number })}
              onClick={() => void navigate({ search: { before: version.number }, replace: true })}
            >
              {t("versions.compare")}
            </Button>
            {mayEdit && (
              <Button
                size="small"
                aria-label={t("versions.restoreOf", { number: version.number })}
                loading={restore.isPending && restore.variables === version.number}
                onClick={() => restore.mutate(version.number)}
              >
                {t("versions.restore")}
              </Button>
            )}
            <Link to="/flows/$flowId" params={{ flowId: flow.id }} search={{ version: version.number }}>
              {t("versions.look")}
            </Link>
            <a href={exportAddress(flow.id, version.number)}>{t("actions.export")}</a>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Compare({ flow, numbers }: { flow: Flow; numbers: readonly number[] }) {
  const { t } = useTranslation("flows");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<string>();
  const before = search.before ?? flow.published_number ?? numbers[0] ?? 1;
  const { after } = search;
  const { data, error, refetch } = useQuery(differenceQuery(flow.id, before, after, flow.draft_revision));
  const choose = (changes: VersionsSearch) => {
    setChosen(undefined);
    void navigate({ search: { before, after, ...changes }, replace: true });
  };
  const choices = numbers.map((number) => ({ value: number, label: t("versions.number", { number }) }));
  return (
    <section className="compare" aria-label={t("versions.compareTitle")}>
      <div className="insight-bar">
        <Select aria-label={t("versions.before")} value={before} options={choices} onChange={(number) => choose({ before: number })} />
        <span aria-hidden="true">→</span>
        <Select
          aria-label={t("versions.after")}
          value={after ?? DRAFT}
          options={[{ value: DRAFT, label: t("versions.draft") }, ...choices]}
          onChange={(number) => choose({ after: number === DRAFT ? undefined : number })}
        />
        {after !== undefined && (
          <Button icon={<SwapOutlined />} onClick={() => choose({ before: after, after: before })}>
            {t("versions.swap")}
          </Button>
        )}
      </div>
      {error !== null && <Failure problem={asProblem(error)} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading rows={6} />}
      {data !== undefined && (
        <>
          <Suspense fallback={<Loading rows={8} />}>
            <CompareCanvas flow={flow} before={before} after={after} difference={data} chosen={chosen} />
          </Suspense>
          <div className="panel">
            <ChangeList difference={data} isWhole onOpen={setChosen} />
          </div>
        </>
      )}
    </section>
  );
}
