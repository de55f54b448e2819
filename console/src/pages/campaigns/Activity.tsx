// Who did what with the campaign, and when.

import { useQuery } from "@tanstack/react-query";
import type { TableProps } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { activityQuery } from "./queries";
import { useReason } from "./words";

type Entry = Schemas["AuditEntryAnswer"];

export function CampaignActivity({ campaignId }: { campaignId: number }) {
  const { t } = useTranslation("campaigns");
  const paging = usePaging(String(campaignId));
  const query = useQuery(activityQuery(campaignId, paging.cursor));
  return (
    <ListTable<Entry>
      label={t("activity.label")}
      query={query}
      columns={useColumns()}
      card={(entry) => <EntryCard entry={entry} />}
      rowKey="id"
      paging={paging}
      isFiltered={false}
      onClearFilters={() => undefined}
      empty={<Empty title={t("activity.empty")} />}
    />
  );
}

function Action({ entry }: { entry: Entry }) {
  const { t, i18n } = useTranslation("campaigns");
  const known = `activity.actions.${entry.action}`;
  return <>{i18n.exists(known, { ns: "campaigns" }) ? t(known) : entry.action}</>;
}

function Details({ entry }: { entry: Entry }) {
  const inWords = useReason();
  const { reason, ...rest } = entry.details as Record<string, unknown>;
  const told = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  if (typeof reason === "string") told.unshift(inWords(reason, reason));
  return <span style={{ overflowWrap: "anywhere" }}>{told.join(" · ")}</span>;
}

function Who({ entry }: { entry: Entry }) {
  const { t } = useTranslation("campaigns");
  return (
    <>
      {entry.actor_name}{" "}
      <span className="soft small">{t(`activity.actors.${entry.actor_kind}`)}</span>
    </>
  );
}

function useColumns(): NonNullable<TableProps<Entry>["columns"]> {
  const { t } = useTranslation("campaigns");
  return [
    { title: t("activity.when"), width: 140, render: (_, entry) => <Ago at={entry.at} /> },
    { title: t("activity.who"), width: 220, render: (_, entry) => <Who entry={entry} /> },
    { title: t("activity.what"), width: 120, render: (_, entry) => <Action entry={entry} /> },
    { title: t("activity.details"), render: (_, entry) => <Details entry={entry} /> },
  ];
}

function EntryCard({ entry }: { entry: Entry }) {
  return (
    <>
      <div className="card-head">
        <strong>
          <Action entry={entry} />
        </strong>
        <span className="soft small">
          <Ago at={entry.at} />
        </span>
      </div>
      <div className="small">
        <Who entry={entry} />
      </div>
      <div className="small soft">
        <Details entry={entry} />
      </div>
    </>
  );
}
