// Campaign Manager: the list with its search, and creating.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { Share } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { CampaignActions } from "./Actions";
import { CampaignDialog } from "./CampaignDialog";
import type { Campaign } from "./draft";
import { CampaignFilters } from "./Filters";
import { CampaignProgress } from "./Progress";
import { campaignsQuery } from "./queries";
import type { ListSearch } from "./search";
import { CampaignStatusWord, PlanWords } from "./words";

export function CampaignList() {
  const { t } = useTranslation("campaigns");
  const search = useSearch({ from: "/shell/campaigns" });
  const navigate = useNavigate({ from: "/campaigns" });
  const paging = usePaging(JSON.stringify(search));
  const query = useQuery(campaignsQuery(search, paging.cursor));
  const mayRun = useMay("run_campaigns");
  const [isCreating, setIsCreating] = useState(false);
  const filter = (next: ListSearch) => void navigate({ search: next, replace: true });
  const create = mayRun && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsCreating(true)}>
      {t("create")}
    </Button>
  );
  return (
    <>
      <PageHead title={t("title")} actions={create} />
      <CampaignFilters search={search} onChange={filter} />
      <ListTable<Campaign>
        label={t("list.label")}
        query={query}
        columns={useColumns()}
        card={(campaign) => <CampaignCard campaign={campaign} />}
        rowKey="id"
        paging={paging}
        minWidth={1040}
        isFiltered={Object.values(search).some((value) => value !== undefined)}
        onClearFilters={() => filter({})}
        empty={<Empty title={t("list.empty")} text={t("list.emptyText")} action={create} />}
      />
      {isCreating && <CampaignDialog mode="create" onClose={() => setIsCreating(false)} />}
    </>
  );
}

function CampaignName({ campaign }: { campaign: Campaign }) {
  return (
    <>
      <Link
        to="/campaigns/$campaignId"
        params={{ campaignId: campaign.id }}
        style={{ fontWeight: 550, overflowWrap: "anywhere" }}
      >
        {campaign.name}
      </Link>
      {campaign.description !== "" && (
        <div className="soft small" style={{ overflowWrap: "anywhere" }}>
          {campaign.description}
        </div>
      )}
    </>
  );
}

function Next({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  if (campaign.next_tick_at !== null) return <Ago at={campaign.next_tick_at} />;
  return <span className="soft">{t("noNext")}</span>;
}

function Results({ campaign }: { campaign: Campaign }) {
  const { accepted_count, delivered_count, read_count, replied_count } = campaign.counts;
  return (
    <span className="nowrap">
      <Share part={delivered_count} whole={accepted_count} /> ·{" "}
      <Share part={read_count} whole={accepted_count} /> ·{" "}
      <Share part={replied_count} whole={accepted_count} />
    </span>
  );
}

function useColumns(): NonNullable<TableProps<Campaign>["columns"]> {
  const { t } = useTranslation("campaigns");
  return [
    {
      title: t("fields.name"),
      width: 200,
      render: (_, campaign) => <CampaignName campaign={campaign} />,
    },
    {
      title: t("fields.status"),
      width: 150,
      render: (_, campaign) => <CampaignStatusWord status={campaign.status} />,
    },
    {
      title: t("fields.flow"),
      width: 120,
      render: (_, campaign) => (
        <>
          {campaign.flow_name}
          <div className="soft small">{campaign.include_group_names.join(", ")}</div>
        </>
      ),
    },
    {
      title: t("fields.plan"),
      width: 120,
      render: (_, campaign) => <PlanWords campaign={campaign} />,
    },
    {
      title: t("fields.next"),
      width: 95,
      render: (_, campaign) => <Next campaign={campaign} />,
    },
    {
      title: t("fields.progress"),
      width: 165,
      render: (_, campaign) => <CampaignProgress campaign={campaign} />,
    },
    {
      title: t("fields.results"),
      width: 120,
      render: (_, campaign) => <Results campaign={campaign} />,
    },
    {
      title: <span className="visually-hidden">{t("fields.actions")}</span>,
      width: 110,
      align: "end",
      render: (_, campaign) => <CampaignActions campaign={campaign} buttonCount={1} />,
    },
  ];
}

/** The same on a narrow screen. */
function CampaignCard({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  return (
    <>
      <div className="card-head">
        <div>
          <CampaignName campaign={campaign} />
        </div>
        <CampaignActions campaign={campaign} buttonCount={0} />
      </div>
      <div className="card-line">
        <CampaignStatusWord status={campaign.status} />
        <PlanWords campaign={campaign} />
      </div>
      <CampaignProgress campaign={campaign} />
      <div className="card-line small soft">
        <span>
          {t("fields.next")}: <Next campaign={campaign} />
        </span>
        <span>
          {t("fields.results")}: <Results campaign={campaign} />
        </span>
      </div>
    </>
  );
}
