// The tray of jobs in the header: imports and bulk actions, how far they are, and the files that
// they leave behind.

import { CloudSyncOutlined, DownloadOutlined } from "@ant-design/icons";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge, Button, Popover } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../api/client";
import { asProblem } from "../api/problem";
import { useAct } from "../parts/act";
import { Bar } from "../parts/Bar";
import { Failure } from "../parts/Failure";
import { exactCount } from "../parts/numbers";
import { Status } from "../parts/Status";
import { Ago } from "../parts/Times";
import { usePreferences } from "./preferences";
import type { Tone } from "./theme";

type BulkAction = Schemas["BulkActionAnswer"];
type Import = Schemas["ImportAnswer"];

const SHOWN_JOBS = 8;
const REFRESH_MILLISECONDS = 1_500;
const TONES: Readonly<Record<BulkAction["status"], Tone>> = {
  waiting: "wait",
  running: "run",
  finished: "ok",
  failed: "fail",
  cancelled: "mute",
};

function isGoing({ status }: { status: string }): boolean {
  return status === "waiting" || status === "running";
}

interface Shown {
  items: (BulkAction | Import)[];
}

/** Asked again quickly only while something runs. */
function refresh({ state }: { state: { data?: Shown } }): number | false {
  return state.data?.items.some(isGoing) ? REFRESH_MILLISECONDS : false;
}

const bulkActionsQuery = queryOptions({
  queryKey: ["bulk-actions", "tray"],
  queryFn: () =>
    answerOf(api.GET("/api/v1/bulk-actions", { params: { query: { limit: SHOWN_JOBS } } })),
  refetchInterval: refresh,
});

const importsQuery = queryOptions({
  queryKey: ["imports", "tray"],
  queryFn: () => answerOf(api.GET("/api/v1/imports", { params: { query: { limit: SHOWN_JOBS } } })),
  refetchInterval: refresh,
});

function BulkJob({ job }: { job: BulkAction }) {
  const { t } = useTranslation("jobs");
  const { language } = usePreferences();
  const shown = (count: number) => exactCount(count, language);
  const cancel = useAct({
    topics: ["bulk-actions", "contacts", "groups"],
    act: () =>
      answerOf(
        api.POST("/api/v1/bulk-actions/{bulk_action_id}/cancel", {
          params: { path: { bulk_action_id: job.id } },
        }),
      ),
  });
  const title = t(`kinds.${job.kind}`, { count: job.total_count, shown: shown(job.total_count) });
  return (
    <li className="job">
      <div className="card-head">
        <strong>{title}</strong>
        <Status tone={TONES[job.status]}>{t(`statuses.${job.status}`)}</Status>
      </div>
      {isGoing(job) ? (
        <Bar label={title} share={job.done_count / Math.max(1, job.total_count)} />
      ) : null}
      <div className="card-line soft small">
        <span>
          {t("done", { done: shown(job.changed_count) })}
          {job.refused_count > 0 && ` · ${t("refused", { refused: shown(job.refused_count) })}`}
        </span>
        <Ago at={job.created_at} />
      </div>
      {job.reason !== null && <p className="small">{job.reason}</p>}
      <div className="beside">
        {job.has_result && !isGoing(job) && (
          <Button
            size="small"
            icon={<DownloadOutlined />}
            href={`/api/v1/bulk-actions/${job.id}/result.csv`}
          >
            {t(job.kind === "export" ? "file" : "refusedFile")}
          </Button>
        )}
        {isGoing(job) && (
          <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("cancel")}
          </Button>
        )}
      </div>
    </li>
  );
}

function ImportJob({ job, onLeave }: { job: Import; onLeave: () => void }) {
  const { t } = useTranslation("jobs");
  const { language } = usePreferences();
  const { counts } = job;
  const title = t("kinds.import", { name: job.file_name });
  return (
    <li className="job">
      <div className="card-head">
        <Link to="/audience/imports/$importId" params={{ importId: job.id }} onClick={onLeave}>
          {title}
        </Link>
        <Status tone={TONES[job.status]}>{t(`statuses.${job.status}`)}</Status>
      </div>
      {isGoing(job) && (
        <Bar label={title} share={counts.done_byte_count / Math.max(1, counts.byte_count)} />
      )}
      <div className="card-line soft small">
        <span>{t("rows", { shown: exactCount(counts.row_count, language) })}</span>
        <Ago at={job.created_at} />
      </div>
    </li>
  );
}

function Tray({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation("jobs");
  const bulk = useQuery(bulkActionsQuery);
  const imports = useQuery(importsQuery);
  const failed = [bulk, imports].find((each) => each.error !== null && each.data === undefined);
  if (failed !== undefined) {
    return <Failure problem={asProblem(failed.error)} onRetry={() => void failed.refetch()} />;
  }
  const jobs = [
    ...(bulk.data?.items ?? []).map((job) => ({
      at: job.created_at,
      row: <BulkJob key={`bulk-${job.id}`} job={job} />,
    })),
    ...(imports.data?.items ?? []).map((job) => ({
      at: job.created_at,
      row: <ImportJob key={`import-${job.id}`} job={job} onLeave={onLeave} />,
    })),
  ]
    .toSorted((one, other) => other.at.localeCompare(one.at))
    .slice(0, SHOWN_JOBS);
  if (jobs.length === 0) return <p className="soft jobs">{t("empty")}</p>;
  return (
    <ul className="jobs" aria-label={t("title")}>
      {jobs.map(({ row }) => row)}
    </ul>
  );
}

export function JobsButton() {
  const { t } = useTranslation("jobs");
  const [isOpen, setIsOpen] = useState(false);
  const going = [useQuery(bulkActionsQuery), useQuery(importsQuery)]
    .flatMap(({ data }): { status: string }[] => data?.items ?? [])
    .filter(isGoing).length;
  const queries = useQueryClient();
  const wereGoing = useRef(0);
  useEffect(() => {
    // What a job has changed is seen in the lists when it is over.
    if (going < wereGoing.current) {
      for (const topic of ["contacts", "groups"]) void queries.invalidateQueries({ queryKey: [topic] });
    }
    wereGoing.current = going;
  }, [going, queries]);
  const label = going === 0 ? t("title") : t("going", { count: going });
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={isOpen}
      onOpenChange={setIsOpen}
      title={t("title")}
      content={<Tray onLeave={() => setIsOpen(false)} />}
      destroyOnHidden
    >
      <Button
        type="text"
        aria-label={label}
        title={label}
        icon={
          <Badge count={going} size="small">
            <CloudSyncOutlined />
          </Badge>
        }
      />
    </Popover>
  );
}
