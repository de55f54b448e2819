// Settings › Webhooks: the addresses of other programs that are told what happens.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { SettingsFrame } from "../settings/Frame";
import { EndpointActions } from "./Actions";
import { NewEndpoint } from "./EndpointForm";
import { type Endpoint, endpointsQuery } from "./queries";
import { Answer, EndpointState } from "./State";

function Name({ endpoint }: { endpoint: Endpoint }) {
  return (
    <span className="two-lines">
      <Link to="/settings/webhooks/$endpointId" params={{ endpointId: endpoint.id }} search={{}}>
        {endpoint.name}
      </Link>
      <span className="soft small details">{endpoint.url}</span>
    </span>
  );
}

function Waiting({ endpoint }: { endpoint: Endpoint }) {
  return <Count value={endpoint.waiting_count} />;
}

function Card({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("webhooks");
  return (
    <>
      <Name endpoint={endpoint} />
      <p className="beside">
        <EndpointState endpoint={endpoint} />
        <span className="soft">
          {t("waiting")} <Waiting endpoint={endpoint} />
        </span>
      </p>
      <EndpointActions endpoint={endpoint} />
    </>
  );
}

export function WebhookList() {
  const { t } = useTranslation("webhooks");
  const paging = usePaging("");
  const endpoints = useQuery(endpointsQuery);
  const [isAdding, setIsAdding] = useState(false);
  const columns: NonNullable<TableProps<Endpoint>["columns"]> = [
    { title: t("name"), key: "name", render: (_, each) => <Name endpoint={each} /> },
    { title: t("state"), key: "state", render: (_, each) => <EndpointState endpoint={each} /> },
    {
      title: t("sender"),
      key: "sender",
      className: "nowrap",
      render: (_, each) => each.sender_name ?? <span className="soft">{t("anySender")}</span>,
    },
    {
      title: t("waiting"),
      key: "waiting",
      align: "right",
      render: (_, each) => <Waiting endpoint={each} />,
    },
    {
      title: t("last"),
      key: "last",
      render: (_, each) => (
        <Answer status={each.last_http_status} answer={each.last_answer} at={each.last_at} />
      ),
    },
    {
      title: <HiddenTitle />,
      key: "actions",
      align: "right",
      render: (_, each) => <EndpointActions endpoint={each} />,
    },
  ];
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
      {t("add")}
    </Button>
  );
  return (
    <SettingsFrame title={t("title")} below={t("below")} actions={add}>
      <ListTable<Endpoint>
        label={t("title")}
        query={endpoints}
        columns={columns}
        rowKey="id"
        card={(endpoint) => <Card endpoint={endpoint} />}
        paging={paging}
        minWidth={820}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={<Empty title={t("emptyTitle")} text={t("emptyText")} action={add} />}
      />
      {isAdding && <NewEndpoint onClose={() => setIsAdding(false)} />}
    </SettingsFrame>
  );
}
