// The installation, for whoever is woken at night: what is wrong first, then workers, queues, jobs that
// failed, the database and the disk.  The same facts as `clarion doctor`.

import { useQuery } from "@tanstack/react-query";
import { Button, Table } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { Bar } from "../../parts/Bar";
import { Count } from "../../parts/Count";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { exactCount } from "../../parts/numbers";
import { Status } from "../../parts/Status";
import { Ago, ZonedTime } from "../../parts/Times";
import { FailedJobs } from "./FailedJobs";
import { SettingsFrame } from "./Frame";
import { type System, systemQuery } from "./queries";

const NEARLY_FULL = 0.9;

function useBytes(): (bytes: number) => string {
  const { language } = usePreferences();
  return (bytes) => {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
    const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
    return new Intl.NumberFormat(language, {
      style: "unit",
      unit: units[step],
      unitDisplay: "short",
      maximumFractionDigits: 1,
    }).format(bytes / 1024 ** step);
  };
}

function useSeconds(): (seconds: number) => string {
  const { language } = usePreferences();
  return (seconds) => {
    const [unit, value] =
      seconds < 120
        ? (["second", seconds] as const)
        : seconds < 7_200
          ? (["minute", seconds / 60] as const)
          : (["hour", seconds / 3_600] as const);
    return new Intl.NumberFormat(language, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits: 0,
    }).format(value);
  };
}

function Problems({ system }: { system: System }) {
  const { t } = useTranslation("settings");
  const broken = system.checks.filter((each) => !each.is_well);
  if (broken.length === 0) return <Status tone="ok">{t("system.allWell")}</Status>;
  return (
    <ul className="rows" aria-label={t("system.problems")}>
      {broken.map((each) => {
        const [kind = "", ...name] = each.check.split(" ");
        return (
          <li key={each.check}>
            <span className="beside">
              <Status tone="fail" />
              <strong>
                {t(`system.problem.${kind}`, {
                  defaultValue: each.finding,
                  name: t(`system.queueNames.${name.join(" ")}`, { defaultValue: name.join(" ") }),
                })}
              </strong>
            </span>
            <span className="soft small">{t(`system.fix.${kind}`, { defaultValue: each.fix })}</span>
          </li>
        );
      })}
    </ul>
  );
}

function Workers({ system }: { system: System }) {
  const { t } = useTranslation("settings");
  const seconds = useSeconds();
  return (
    <Table
      size="small"
      rowKey="owner"
      pagination={false}
      scroll={{ x: 560 }}
      locale={{ emptyText: t("system.noWorker") }}
      dataSource={system.workers}
      columns={[
        {
          title: t("system.worker"),
          key: "owner",
          render: (_, each) => (
            <span className="two-lines">
              <span className="details">{each.owner}</span>
              <span className="soft small">
                {t("system.since")} <Ago at={each.started_at} />
              </span>
            </span>
          ),
        },
        {
          title: t("system.state"),
          key: "state",
          render: (_, each) => (
            <Status tone={each.is_alive ? "ok" : "fail"}>
              {t(each.is_alive ? "system.alive" : "system.silent", {
                time: seconds(each.silent_seconds),
              })}
            </Status>
          ),
        },
        {
          title: t("system.holds"),
          key: "holds",
          render: (_, each) =>
            each.senders.length === 0 ? (
              <span className="soft">–</span>
            ) : (
              <span className="two-lines">
                <span>{each.senders.join(", ")}</span>
                {each.lease_seconds !== null && (
                  <span className="soft small">
                    {t("system.lease", { time: seconds(each.lease_seconds) })}
                  </span>
                )}
              </span>
            ),
        },
        { title: t("system.version"), dataIndex: "version", className: "nowrap" },
      ]}
    />
  );
}

function Queues({ system }: { system: System }) {
  const { t } = useTranslation("settings");
  const seconds = useSeconds();
  const slow = new Set(
    system.checks.filter((each) => !each.is_well).map((each) => each.check.replace("queue ", "")),
  );
  return (
    <Table
      size="small"
      rowKey={(each) => `${each.kind} ${each.name}`}
      pagination={false}
      scroll={{ x: 480 }}
      dataSource={system.queues}
      columns={[
        {
          title: t("system.queue"),
          key: "name",
          render: (_, each) => t(`system.queueNames.${each.name}`, { defaultValue: each.name }),
        },
        {
          title: t("system.waiting"),
          key: "waiting",
          align: "right",
          render: (_, each) => <Count value={each.waiting_count} />,
        },
        {
          title: t("system.oldest"),
          key: "oldest",
          align: "right",
          className: "nowrap",
          render: (_, each) =>
            each.oldest_seconds === null || each.waiting_count === 0 ? (
              <span className="soft">–</span>
            ) : slow.has(each.name) ? (
              <Status tone="fail">{seconds(each.oldest_seconds)}</Status>
            ) : (
              seconds(each.oldest_seconds)
            ),
        },
        {
          title: t("system.running"),
          key: "running",
          align: "right",
          render: (_, each) => (each.kind === "jobs" ? <Count value={each.running_count} /> : "–"),
        },
        {
          title: t("system.failed"),
          key: "failed",
          align: "right",
          render: (_, each) => (each.kind === "jobs" ? <Count value={each.failed_count} /> : "–"),
        },
      ]}
    />
  );
}

function Database({ system }: { system: System }) {
  const { t } = useTranslation("settings");
  const { language } = usePreferences();
  const bytes = useBytes();
  const { database, disk } = system;
  const step = database.steps[0];
  return (
    <div className="sender-columns">
      <Facts
        rows={[
          [t("system.version"), system.version],
          [t("system.server"), `PostgreSQL ${database.server_version}`],
          [t("system.size"), bytes(database.size_bytes)],
          [
            t("system.connections"),
            t("system.of", {
              used: exactCount(database.connection_count, language),
              all: exactCount(database.connection_limit, language),
            }),
          ],
          [t("system.skew"), `${database.skew_seconds.toFixed(3)} s`],
          [
            t("system.schema"),
            step && (
              <span key="step">
                {String(step.number).padStart(4, "0")}_{step.name},{" "}
                <ZonedTime at={step.applied_at} />
              </span>
            ),
          ],
          [
            t("system.disk"),
            disk && (
              <div key="disk">
                {t("system.free", { free: bytes(disk.free_bytes), all: bytes(disk.total_bytes) })}
                <Bar
                  label={t("system.disk")}
                  share={1 - disk.free_bytes / disk.total_bytes}
                  tone={1 - disk.free_bytes / disk.total_bytes > NEARLY_FULL ? "hold" : "run"}
                />
                <code className="small details">{disk.folder}</code>
              </div>
            ),
          ],
        ]}
      />
      <div>
        <h3 className="section-title">{t("system.tables")}</h3>
        <Facts
          rows={database.tables.map((each) => [
            <code key={each.name} className="details">
              {each.name}
            </code>,
            each.row_estimate === null
              ? bytes(each.size_bytes)
              : t("system.tableSize", {
                  size: bytes(each.size_bytes),
                  rows: exactCount(each.row_estimate, language),
                }),
          ])}
        />
      </div>
    </div>
  );
}

function LongQueries({ system }: { system: System }) {
  const { t } = useTranslation("settings");
  const seconds = useSeconds();
  const { long_queries } = system.database;
  if (long_queries.length === 0) return <p className="soft">{t("system.noLongQuery")}</p>;
  return (
    <ul className="rows">
      {long_queries.map((each) => (
        <li key={`${each.application_name} ${each.seconds}`}>
          <span>
            {seconds(each.seconds)}, {each.application_name}
          </span>
          <code className="small details">{each.statement}</code>
        </li>
      ))}
    </ul>
  );
}

export function SystemPage() {
  const { t } = useTranslation("settings");
  const system = useQuery(systemQuery);
  const shown = system.data;
  return (
    <SettingsFrame
      title={t("system.title")}
      below={shown && <>{t("system.readAt")} <Ago at={shown.read_at} /></>}
      actions={
        <Button loading={system.isFetching} onClick={() => void system.refetch()}>
          {t("system.again")}
        </Button>
      }
    >
      {shown === undefined &&
        (system.error === null ? (
          <Loading rows={8} />
        ) : (
          <Failure problem={asProblem(system.error)} onRetry={() => void system.refetch()} />
        ))}
      {shown !== undefined && (
        <>
          <section className="panel" aria-label={t("system.problems")}>
            <Problems system={shown} />
          </section>
          <section className="panel">
            <h2 className="section-title">{t("system.workers")}</h2>
            <Workers system={shown} />
          </section>
          <section className="panel">
            <h2 className="section-title">{t("system.queues")}</h2>
            <Queues system={shown} />
          </section>
          <section className="panel">
            <h2 className="section-title">{t("system.failedJobs")}</h2>
            <FailedJobs />
          </section>
          <section className="panel">
            <h2 className="section-title">{t("system.database")}</h2>
            <Database system={shown} />
          </section>
          <section className="panel">
            <h2 className="section-title">{t("system.longQueries")}</h2>
            <LongQueries system={shown} />
          </section>
        </>
      )}
    </SettingsFrame>
  );
}
