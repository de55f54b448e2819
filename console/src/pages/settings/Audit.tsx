// Who did what, and when.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Select, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { ZonedTime } from "../../parts/Times";
import { SettingsFrame } from "./Frame";
import { type AuditEntry, auditQuery, type Noun, NOUNS } from "./queries";

function detailsOf(entry: AuditEntry): string {
  return Object.entries(entry.details)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}

export function AuditLog() {
  const { t } = useTranslation("settings");
  const { noun } = useSearch({ from: "/shell/settings/audit" });
  const navigate = useNavigate({ from: "/settings/audit" });
  const paging = usePaging(noun ?? "");
  const entries = useQuery(auditQuery(noun, paging.cursor));
  const columns: NonNullable<TableProps<AuditEntry>["columns"]> = [
    {
      title: t("audit.at"),
      key: "at",
      className: "nowrap",
      render: (_, entry) => <ZonedTime at={entry.at} withSeconds />,
    },
    {
      title: t("audit.who"),
      key: "who",
      render: (_, entry) => (
        <span className="two-lines">
          <span>{entry.actor_name || t(`audit.actors.${entry.actor_kind}`)}</span>
          <span className="soft small">
            {t(`audit.actors.${entry.actor_kind}`, { defaultValue: entry.actor_kind })}
          </span>
        </span>
      ),
    },
    {
      title: t("audit.what"),
      key: "what",
      render: (_, entry) => (
        <span className="two-lines">
          <span>
            {t(`audit.nouns.${entry.noun}`, { defaultValue: entry.noun })}
            {entry.noun_id !== null && <span className="number"> #{entry.noun_id}</span>}
            {": "}
            {t(`audit.actions.${entry.action}`, { defaultValue: entry.action.replaceAll("_", " ") })}
          </span>
          <span className="soft small details">{detailsOf(entry)}</span>
        </span>
      ),
    },
  ];
  return (
    <SettingsFrame title={t("audit.title")}>
      <search className="filters">
        <Select<Noun>
          value={noun}
          onChange={(chosen) => void navigate({ search: { noun: chosen }, replace: true })}
          allowClear
          placeholder={t("audit.anyNoun")}
          aria-label={t("audit.what")}
          style={{ width: 200 }}
          options={NOUNS.map((value) => ({ value, label: t(`audit.nouns.${value}`) }))}
        />
      </search>
      <ListTable<AuditEntry>
        label={t("audit.title")}
        query={entries}
        columns={columns}
        rowKey="id"
        paging={paging}
        minWidth={640}
        isFiltered={noun !== undefined}
        onClearFilters={() => void navigate({ search: {}, replace: true })}
        empty={<Empty title={t("audit.emptyTitle")} />}
      />
    </SettingsFrame>
  );
}
