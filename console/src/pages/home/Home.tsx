// The first page: what runs, what comes next, and what needs a person.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Ago, ZonedTime } from "../../parts/Times";
import type { Campaign } from "../campaigns/draft";
import { CampaignProgress } from "../campaigns/Progress";
import { campaignsQuery } from "../campaigns/queries";
import { CampaignStatusWord, PlanWords, useReason } from "../campaigns/words";

const NEXT_LIMIT = 6;

/** The planned occurrences that come next, the nearest first. */
export function comingUp(campaigns: readonly Campaign[]): (Campaign & { next_tick_at: string })[] {
  return campaigns
    .flatMap((each) =>
      each.next_tick_at === null ? [] : [{ ...each, next_tick_at: each.next_tick_at }],
    )
    .toSorted((one, other) => one.next_tick_at.localeCompare(other.next_tick_at))
    .slice(0, NEXT_LIMIT);
}

export function Home() {
  const { t } = useTranslation("home");
  const pending = useQuery(campaignsQuery({ status: "pending" }));
  const running = useQuery(campaignsQuery({ status: "in_progress" }));
  const suspended = useQuery(campaignsQuery({ status: "suspended" }));
  const asked = [pending, running, suspended];
  const failed = asked.find((each) => each.error !== null && each.data === undefined);
  if (failed !== undefined) {
    return <Failure problem={asProblem(failed.error)} onRetry={() => void failed.refetch()} />;
  }
  const [waiting, open, stopped] = asked.map((each) => each.data?.items);
  if (!waiting || !open || !stopped) return <Loading />;
  const next = comingUp([...waiting, ...open]);
  const isEmpty = waiting.length + open.length + stopped.length === 0;
  return (
    <>
      <PageHead title={t("title")} />
      {isEmpty ? (
        <div className="panel">
          <Empty
            title={t("empty.title")}
            text={t("empty.text")}
            action={
              <Link to="/campaigns">
                <Button type="primary">{t("empty.action")}</Button>
              </Link>
            }
          />
        </div>
      ) : (
        <div className="two-panels">
          <Panel title={t("running")} none={t("runningNone")} items={open}>
            {(campaign) => <CampaignProgress campaign={campaign} />}
          </Panel>
          <Panel title={t("next")} none={t("nextNone")} items={next}>
            {(campaign) => (
              <span className="small soft">
                <Ago at={campaign.next_tick_at ?? ""} /> ·{" "}
                <ZonedTime at={campaign.next_tick_at ?? ""} zone={campaign.zone} /> ·{" "}
                <PlanWords campaign={campaign} />
              </span>
            )}
          </Panel>
          <Panel title={t("attention")} none={t("attentionNone")} items={stopped}>
            {(campaign) => <Stopped campaign={campaign} />}
          </Panel>
        </div>
      )}
    </>
  );
}

function Stopped({ campaign }: { campaign: Campaign }) {
  const inWords = useReason();
  const reason = campaign.status_reason;
  return (
    <span className="small">
      <CampaignStatusWord status={campaign.status} />{" "}
      {reason !== null && inWords(reason, campaign.status_reason_in_words)}
    </span>
  );
}

function Panel(props: {
  title: string;
  none: string;
  items: readonly Campaign[];
  children: (campaign: Campaign) => ReactNode;
}) {
  return (
    <section className="panel">
      <h2>{props.title}</h2>
      {props.items.length === 0 ? (
        <p className="soft">{props.none}</p>
      ) : (
        <ul className="rows">
          {props.items.map((campaign) => (
            <li key={campaign.id}>
              <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>
                {campaign.name}
              </Link>
              {props.children(campaign)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
