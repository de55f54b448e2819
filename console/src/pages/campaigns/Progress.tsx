// How far a campaign's occurrence is: a bar, the rate, the time left.

import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { Bar } from "../../parts/Bar";
import { exactCount } from "../../parts/numbers";
import { Duration } from "../../parts/Times";
import type { Campaign } from "./draft";

export function CampaignProgress({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { language } = usePreferences();
  const progress = campaign.progress;
  if (progress === null) return <span className="soft small">{t("progress.waiting")}</span>;
  const counts = {
    done: exactCount(progress.done_count, language),
    audience: exactCount(progress.audience_count, language),
  };
  const isStopped = campaign.status === "suspended";
  const tone = progress.is_running ? (isStopped ? "hold" : "run") : "ok";
  return (
    <div style={{ minWidth: 150 }}>
      <Bar label={t("progress.label", { name: campaign.name })} share={progress.done_share} tone={tone} />
      <div className="small soft number" style={{ marginTop: 4 }}>
        {progress.is_running && progress.audience_count === 0
          ? t("progress.preparing")
          : t(progress.is_running ? "progress.running" : "progress.last", counts)}
        {progress.is_running && !isStopped && progress.rate_per_second > 0 && (
          <> · {t("progress.rate", { rate: rateOf(progress.rate_per_second, language) })}</>
        )}
        {!isStopped && progress.eta_seconds !== null && (
          <>
            {" · "}
            <Duration seconds={progress.eta_seconds} /> {t("progress.left")}
          </>
        )}
      </div>
    </div>
  );
}

function rateOf(rate: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: rate < 10 ? 1 : 0 }).format(rate);
}
