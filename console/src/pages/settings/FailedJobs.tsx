// Jobs that failed for good: the error, and another try or none.

import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { type FailedJob, failedJobsQuery } from "./queries";

function Actions({ job }: { job: FailedJob }) {
  const { t } = useTranslation("settings");
  const ask = useAsk();
  const params = { path: { job_id: job.id } };
  const retry = useAct({
    topics: ["system"],
    act: () => answerOf(api.POST("/api/v1/system/failed-jobs/{job_id}/retry", { params })),
    done: t("system.retried"),
  });
  const dismiss = useAct({
    topics: ["system"],
    act: () => answerOf(api.DELETE("/api/v1/system/failed-jobs/{job_id}", { params })),
    done: t("system.dismissed"),
  });
  return (
    <span className="beside">
      <Button size="small" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t("system.retry")}
      </Button>
      <Button
        size="small"
        danger
        onClick={() =>
          ask({
            title: t("system.dismissTitle", { task: job.task }),
            text: t("system.dismissText"),
            submit: t("system.dismiss"),
            onYes: () => dismiss.mutateAsync(),
          })
        }
      >
        {t("system.dismiss")}
      </Button>
    </span>
  );
}

export function FailedJobs() {
  const { t } = useTranslation("settings");
  const paging = usePaging("");
  const jobs = useQuery(failedJobsQuery(paging.cursor));
  return (
    <ListTable<FailedJob>
      label={t("system.failedJobs")}
      query={jobs}
      rowKey="id"
      paging={paging}
      minWidth={560}
      isFiltered={false}
      onClearFilters={() => undefined}
      empty={<Empty title={t("system.noneFailed")} />}
      columns={[
        {
          title: t("system.job"),
          key: "job",
          render: (_, job) => (
            <span className="two-lines">
              <span>
                {job.task} <span className="soft number">#{job.id}</span>
              </span>
              <span className="soft small details">
                {Object.entries(job.args)
                  .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
                  .join(" · ")}
              </span>
            </span>
          ),
        },
        {
          title: t("system.error"),
          key: "error",
          render: (_, job) => (
            <span className="two-lines">
              <span className="details">{job.error ?? t("system.errorUnknown")}</span>
              <span className="soft small">
                {job.failed_at !== null && <Ago at={job.failed_at} />}{" "}
                {t("system.tries", { count: job.attempt_count })}
              </span>
            </span>
          ),
        },
        { title: "", key: "actions", align: "right", render: (_, job) => <Actions job={job} /> },
      ]}
    />
  );
}
