// Which of the next occurrences is tried.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { inZone } from "../../parts/times";
import { campaignQuery } from "../campaigns/queries";

export function OccurrenceChoice(props: {
  campaignId: number;
  at: string;
  onChoose: (at: string) => void;
}) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const { data: campaign } = useQuery(campaignQuery(props.campaignId));
  const { data } = useQuery({
    queryKey: ["campaigns", "next", props.campaignId, campaign?.revision],
    queryFn: () =>
      answerOf(
        api.POST("/api/v1/campaigns/preview-ticks", {
          body: {
            plan: campaign?.plan ?? {},
            start_at: campaign?.start_at ?? "",
            end_at: campaign?.end_at ?? "",
          },
        }),
      ),
    enabled: campaign !== undefined,
  });
  if (data === undefined || campaign === undefined || data.ticks.length < 2) return null;
  const ticks = [...new Set([new Date(props.at).toISOString(), ...data.ticks.map((at) => new Date(at).toISOString())])];
  return (
    <Select
      aria-label={t("occurrence")}
      value={new Date(props.at).toISOString()}
      onChange={props.onChoose}
      options={ticks
        .toSorted()
        .map((at) => ({ value: at, label: inZone(new Date(at), campaign.zone, language) }))}
      popupMatchSelectWidth={false}
    />
  );
}
