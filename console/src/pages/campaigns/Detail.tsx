// One campaign: what it is, how it went, whom it reached, and what people did with it.

import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Alert, Tabs } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Ago, ZonedTime } from "../../parts/Times";
import { CampaignActions } from "./Actions";
import { CampaignActivity } from "./Activity";
import type { Campaign } from "./draft";
import { CampaignReasons } from "./Reasons";
import { CampaignOverview } from "./Overview";
import { CampaignPeople } from "./People";
import { campaignQuery } from "./queries";
import type { Tab } from "./search";
import { CampaignStatusWord, PlanWords, useReason } from "./words";

export function CampaignDetail() {
  const { t } = useTranslation("campaigns");
  const { campaignId } = useParams({ from: "/shell/campaigns/$campaignId" });
  const search = useSearch({ from: "/shell/campaigns/$campaignId" });
  const navigate = useNavigate();
  const mayReadActivity = useMay("manage_settings");
  const { data: campaign, error, refetch } = useQuery(campaignQuery(campaignId));
  const inWords = useReason();

  if (campaign === undefined) {
    if (error === null) return <Loading />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  const reason = campaign.status_reason;
  return (
    <>
      <div style={{ marginBottom: 8 }}>
        <Link to="/campaigns" search={{}}>
          <ArrowLeftOutlined /> {t("detail.back")}
        </Link>
      </div>
      <PageHead
        title={campaign.name}
        beside={<CampaignStatusWord status={campaign.status} />}
        below={campaign.description}
        actions={
          <CampaignActions
            campaign={campaign}
            buttonCount={3}
            onDeleted={() => void navigate({ to: "/campaigns", search: {} })}
          />
        }
      />
      {campaign.status === "suspended" && reason !== null && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 16 }}
          title={t("detail.suspendedBecause", {
            reason: inWords(reason, campaign.status_reason_in_words),
          })}
        />
      )}
      <Facts campaign={campaign} />
      <Tabs
        activeKey={search.tab ?? "overview"}
        onChange={(tab) =>
          void navigate({
            to: "/campaigns/$campaignId",
            params: { campaignId },
            search: { ...search, tab: tab as Tab },
            replace: true,
          })
        }
        destroyOnHidden
        items={[
          {
            key: "overview",
            label: t("tabs.overview"),
            children: <CampaignOverview campaign={campaign} />,
          },
          {
            key: "people",
            label: t("tabs.people"),
            children: <CampaignPeople campaign={campaign} />,
          },
          {
            key: "failures",
            label: t("tabs.failures"),
            children: <CampaignReasons campaign={campaign} />,
          },
          ...(mayReadActivity
            ? [
                {
                  key: "activity",
                  label: t("tabs.activity"),
                  children: <CampaignActivity campaignId={campaignId} />,
                },
              ]
            : []),
        ]}
      />
    </>
  );
}

function Facts({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const facts: [string, ReactNode][] = [
    [t("fields.flow"), campaign.flow_name],
    [t("fields.group"), campaign.include_group_names.join(", ")],
    ...(campaign.exclude_group_names.length > 0
      ? [[t("fields.exclude"), campaign.exclude_group_names.join(", ")] as [string, string]]
      : []),
    [t("fields.plan"), <PlanWords key="plan" campaign={campaign} />],
    [
      t("fields.period"),
      <span key="period">
        <ZonedTime at={campaign.start_at} zone={campaign.zone} /> –{" "}
        <ZonedTime at={campaign.end_at} zone={campaign.zone} isZoneShown />
      </span>,
    ],
    [
      t("fields.next"),
      campaign.next_tick_at === null ? t("noNext") : <Ago key="next" at={campaign.next_tick_at} />,
    ],
    ...(campaign.sender_name === null
      ? []
      : [[t("fields.sender"), campaign.sender_name] as [string, string]]),
  ];
  return (
    <div className="panel">
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
