// The first page: today, what needs a person, what runs, and what comes next.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { CampaignProgress } from "../campaigns/Progress";
import { campaignsQuery } from "../campaigns/queries";
import { AttentionList } from "./Attention";
import { homeQuery } from "./queries";
import { Steps } from "./Steps";
import { NextDay, Today } from "./Today";
import "./home.css";

export function Home() {
  const { t } = useTranslation("home");
  const { data: home, error, refetch } = useQuery(homeQuery);
  const running = useQuery(campaignsQuery({ status: "in_progress" }));
  if (home === undefined || running.data === undefined) {
    const failure = home === undefined ? error : running.error;
    if (failure === null) return <Loading />;
    return <Failure problem={asProblem(failure)} onRetry={() => void refetch()} />;
  }
  const isNew = !home.has_campaign;
  const { items } = running.data;
  return (
    <>
      <PageHead title={t("title")} />
      {isNew ? <Steps home={home} /> : <Today home={home} />}
      <div className="two-panels">
        {(!isNew || home.attention.length > 0) && (
          <section className="panel">
            <h2>{t("attention")}</h2>
            <AttentionList lines={home.attention} />
          </section>
        )}
        {!isNew && (
          <section className="panel">
            <h2>{t("running")}</h2>
            {items.length === 0 ? (
              <p className="soft">{t("runningNone")}</p>
            ) : (
              <ul className="rows">
                {items.map((campaign) => (
                  <li key={campaign.id}>
                    <Link
                      to="/campaigns/$campaignId"
                      params={{ campaignId: campaign.id }}
                      search={{}}
                    >
                      {campaign.name}
                    </Link>
                    <CampaignProgress campaign={campaign} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        )}
        {!isNew && (
          <section className="panel">
            <h2>{t("next")}</h2>
            <NextDay home={home} />
          </section>
        )}
      </div>
    </>
  );
}
