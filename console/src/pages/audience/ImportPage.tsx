// One import: how far it is, what came of it, and every row that was not taken with the reason.

import { DeleteOutlined, DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Alert, Button, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Bar } from "../../parts/Bar";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { ListTable } from "../../parts/ListTable";
import { Loading } from "../../parts/Loading";
import { percent } from "../../parts/numbers";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { ZonedTime } from "../../parts/Times";
import { ImportStatus, shareDone } from "./Imports";
import { allGroupsQuery, type Import, importQuery, isGoing, rejectionsQuery } from "./queries";

type Rejection = Schemas["RejectionAnswer"];
const COUNTS = ["row_count", "added_count", "updated_count", "ignored_count", "rejected_count"] as const;
const DELETING_COUNTS = ["row_count", "deleted_count", "ignored_count", "rejected_count"] as const;

function Report({ each }: { each: Import }) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const share = shareDone(each);
  return (
    <section className="panel" aria-live="polite">
      <h2>{t("imports.report")}</h2>
      {isGoing(each) && (
        <p className="progress-line">
          <Bar label={t("imports.progressOf", { file: each.file_name })} share={share} />
          <span className="number">{percent(share, language)}</span>
        </p>
      )}
      {each.reason !== null && (
        <Alert type="error" showIcon title={each.reason} style={{ marginBottom: 12 }} />
      )}
      <dl className="figures">
        {(each.options.mode === "delete" ? DELETING_COUNTS : COUNTS).map((name) => (
          <div key={name}>
            <dt>{t(`imports.counts.${name}`)}</dt>
            <dd>
              <Count value={each.counts[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Options({ each }: { each: Import }) {
  const { t } = useTranslation("audience");
  const groups = useQuery(allGroupsQuery);
  const nameOf = (groupId: number) =>
    groups.data?.items.find(({ id }) => id === groupId)?.name ?? `#${groupId}`;
  return (
    <section className="panel">
      <h2>{t("imports.options")}</h2>
      <Facts
        rows={[
          [
            t("imports.joins"),
            <span key="groups" className="chips">
              {each.group_ids.map((groupId) => (
                <Link key={groupId} to="/audience" search={{ group_id: groupId }} className="chip">
                  {nameOf(groupId)}
                </Link>
              ))}
            </span>,
          ],
          [t("imports.known"), t(`imports.modes.${each.options.mode}`)],
          [t("imports.country"), each.options.default_country ?? ""],
          ...Object.entries(each.options.mapping).map(
            ([header, target]) => [header, target] as const,
          ),
          [
            t("imports.begun"),
            <ZonedTime key="begun" at={each.created_at} withSeconds />,
          ],
          [
            t("imports.ended"),
            each.finished_at === null ? null : (
              <ZonedTime key="ended" at={each.finished_at} withSeconds />
            ),
          ],
        ]}
      />
    </section>
  );
}

function Rejections({ each }: { each: Import }) {
  const { t } = useTranslation("audience");
  const paging = usePaging(String(each.id));
  const rejections = useQuery(rejectionsQuery(each.id, each.status, paging.cursor));
  const columns: NonNullable<TableProps<Rejection>["columns"]> = [
    { title: t("rejections.row"), dataIndex: "row_number", className: "number", align: "right" },
    { title: t("rejections.column"), dataIndex: "column_name" },
    {
      title: t("rejections.reason"),
      key: "reason",
      render: (_, row) => (
        <span className="two-lines">
          <span>{t(`rejections.codes.${row.code.replaceAll(".", "_")}`, { defaultValue: row.message })}</span>
          <code className="small soft">{row.code}</code>
        </span>
      ),
    },
    {
      title: t("rejections.cells"),
      key: "cells",
      render: (_, row) => <span className="soft">{row.raw.filter(Boolean).join(" · ")}</span>,
    },
  ];
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("rejections.title")}</h2>
        {each.counts.rejected_count > 0 && (
          <Button
            icon={<DownloadOutlined />}
            href={`/api/v1/imports/${each.id}/rejections.csv`}
          >
            {t("rejections.download")}
          </Button>
        )}
      </div>
      <p className="soft none" style={{ marginBottom: 12 }}>{t("rejections.hint")}</p>
      <ListTable<Rejection>
        label={t("rejections.title")}
        query={rejections}
        columns={columns}
        rowKey="row_number"
        paging={paging}
        minWidth={640}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={<Empty title={t("rejections.none")} />}
      />
    </section>
  );
}

export function ImportPage() {
  const { t } = useTranslation("audience");
  const { importId } = useParams({ from: "/shell/audience/imports/$importId" });
  const navigate = useNavigate();
  const ask = useAsk();
  const mayEdit = useMay("edit_audience");
  const found = useQuery(importQuery(importId));
  const forget = useAct({
    topics: ["imports"],
    act: () =>
      answerOf(
        api.DELETE("/api/v1/imports/{import_id}", { params: { path: { import_id: importId } } }),
      ),
    onDone: () => void navigate({ to: "/audience/imports" }),
  });
  if (found.data === undefined) {
    return found.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(found.error)} onRetry={() => void found.refetch()} />
    );
  }
  const each = found.data;
  const kind = isGoing(each) ? "stop" : "forget";
  return (
    <>
      <PageHead
        title={each.file_name}
        beside={<ImportStatus each={each} />}
        below={<Link to="/audience/imports">{t("imports.title")}</Link>}
        actions={
          mayEdit && (
            <Button
              icon={<DeleteOutlined />}
              danger={kind === "stop"}
              loading={forget.isPending}
              onClick={() =>
                ask({
                  title: t(`imports.${kind}Title`, { file: each.file_name }),
                  text: t(`imports.${kind}Text`),
                  submit: t(`imports.${kind}`),
                  onYes: () => forget.mutateAsync(),
                })
              }
            >
              {t(`imports.${kind}`)}
            </Button>
          )
        }
      />
      <div className="split is-wide-first">
        <div>
          <Report each={each} />
          {(each.counts.rejected_count > 0 || each.status === "finished") && (
            <Rejections each={each} />
          )}
        </div>
        <Options each={each} />
      </div>
    </>
  );
}
