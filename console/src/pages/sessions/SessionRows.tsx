// Sessions as rows: of a contact, or of a node.

import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TableProps } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { ListTable } from "../../parts/ListTable";
import type { Paging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { SessionStatus } from "./SessionStatus";

export type Session = Schemas["SessionAnswer"];

export function SessionRows(props: {
  query: UseQueryResult<{ items: Session[]; next_cursor?: string | null }>;
  paging: Paging;
  withContact?: boolean;
  empty: ReactNode;
}) {
  const { t } = useTranslation("insight");
  const columns: NonNullable<TableProps<Session>["columns"]> = [
    {
      title: props.withContact ? t("session.contact") : t("session.flow"),
      key: "who",
      render: (_, row) => (
        <span className="two-lines">
          <Link to="/sessions/$sessionId" params={{ sessionId: row.id }}>
            {props.withContact ? row.contact_name || row.contact_phone || `#${row.contact_id}` : row.flow_name}
          </Link>
          <span className="soft small">
            {props.withContact ? row.contact_phone : (row.campaign_name ?? t("session.noCampaign"))}
          </span>
        </span>
      ),
    },
    { title: t("session.status"), key: "status", render: (_, row) => <SessionStatus session={row} /> },
    { title: t("session.node"), key: "node", render: (_, row) => <code>{row.node_id}</code> },
    {
      title: t("session.since"),
      key: "since",
      render: (_, row) => <Ago at={row.ended_at ?? row.wait_began_at ?? row.started_at} />,
    },
  ];
  return (
    <ListTable<Session>
      label={t("session.list")}
      query={props.query}
      columns={columns}
      rowKey="id"
      paging={props.paging}
      minWidth={480}
      isFiltered={false}
      onClearFilters={() => undefined}
      empty={props.empty}
    />
  );
}
