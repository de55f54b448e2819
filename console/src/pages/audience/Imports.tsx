// The imports, with how far each is.

import { DownloadOutlined, ImportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import type { Tone } from "../../app/theme";
import { Bar } from "../../parts/Bar";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { download, templateCsv } from "./files";
import { AudienceFrame } from "./Frame";
import { type Import, importsQuery, isGoing } from "./queries";

const TONES: Record<Import["status"], Tone> = {
  waiting: "wait",
  running: "run",
  finished: "ok",
  failed: "fail",
};

/** How far: by bytes, because nobody has counted the rows of a file before it is read. */
export function shareDone({ counts, status }: Import): number {
  if (status === "finished") return 1;
  return counts.byte_count > 0 ? counts.done_byte_count / counts.byte_count : 0;
}

export function ImportStatus({ each }: { each: Import }) {
  const { t } = useTranslation("audience");
  const hasRejections = each.status === "finished" && each.counts.rejected_count > 0;
  return (
    <Status tone={hasRejections ? "hold" : TONES[each.status]}>
      {t(hasRejections ? "imports.withRejections" : `imports.statuses.${each.status}`)}
    </Status>
  );
}

export function ImportList() {
  const { t } = useTranslation("audience");
  const mayEdit = useMay("edit_audience");
  const paging = usePaging("");
  const imports = useQuery(importsQuery(paging.cursor));
  const count = (name: "added_count" | "updated_count" | "ignored_count" | "rejected_count") => ({
    title: t(`imports.counts.${name}`),
    key: name,
    align: "right" as const,
    render: (_: unknown, each: Import) => <Count value={each.counts[name]} />,
  });
  const columns: NonNullable<TableProps<Import>["columns"]> = [
    {
      title: t("imports.file"),
      key: "file",
      render: (_, each) => (
        <Link to="/audience/imports/$importId" params={{ importId: each.id }}>
          {each.file_name}
        </Link>
      ),
    },
    {
      title: t("imports.status"),
      key: "status",
      width: 200,
      render: (_, each) =>
        isGoing(each) ? (
          <Bar label={t("imports.progressOf", { file: each.file_name })} share={shareDone(each)} />
        ) : (
          <ImportStatus each={each} />
        ),
    },
    count("added_count"),
    count("updated_count"),
    count("ignored_count"),
    count("rejected_count"),
    {
      title: t("imports.begun"),
      key: "begun",
      render: (_, each) => <Ago at={each.created_at} />,
    },
  ];
  const begin = (
    <Link to="/audience/imports/new" search={{}}>
      <Button type="primary" icon={<ImportOutlined />} tabIndex={-1}>
        {t("imports.new")}
      </Button>
    </Link>
  );
  return (
    <AudienceFrame
      title={t("imports.title")}
      actions={
        mayEdit && (
          <>
            <Button
              icon={<DownloadOutlined />}
              onClick={() => download(templateCsv(), "contacts-template.csv")}
            >
              {t("imports.template")}
            </Button>
            {begin}
          </>
        )
      }
    >
      <ListTable<Import>
        label={t("imports.title")}
        query={imports}
        columns={columns}
        card={(each) => (
          <>
            <div className="card-head">
              <Link to="/audience/imports/$importId" params={{ importId: each.id }}>
                {each.file_name}
              </Link>
              <ImportStatus each={each} />
            </div>
            {isGoing(each) && (
              <Bar
                label={t("imports.progressOf", { file: each.file_name })}
                share={shareDone(each)}
              />
            )}
            <div className="card-line soft">
              <span>
                {t("imports.counts.added_count")} <Count value={each.counts.added_count} />
              </span>
              <span>
                {t("imports.counts.rejected_count")} <Count value={each.counts.rejected_count} />
              </span>
            </div>
          </>
        )}
        rowKey="id"
        paging={paging}
        minWidth={820}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={
          <Empty
            title={t("imports.emptyTitle")}
            text={t("imports.emptyText")}
            action={mayEdit && begin}
          />
        }
      />
    </AudienceFrame>
  );
}
