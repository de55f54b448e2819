// The occurrence that the tabs of a campaign are about: one that the address names, or none.

import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { inZone } from "../../parts/times";
import type { Campaign } from "./draft";
import { occurrencesQuery } from "./queries";
import type { DetailSearch } from "./search";

export type Occurrence = Schemas["OccurrenceAnswer"];

const FROM = "/shell/campaigns/$campaignId" as const;

/** The address's part of a campaign's page, and the way to change it. */
export function useDetailSearch(campaignId: number) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const change = (next: DetailSearch) =>
    void navigate({
      to: "/campaigns/$campaignId",
      params: { campaignId },
      search: next,
      replace: true,
    });
  return { search, change };
}

/** The chosen occurrence; where one is needed and none is chosen, the newest with an audience. */
export function useOccurrence(campaign: Campaign) {
  const { search } = useDetailSearch(campaign.id);
  const query = useQuery(occurrencesQuery(campaign.id));
  const items = query.data?.items ?? [];
  const chosen = items.find((each) => each.id === search.occurrence);
  const newest = items.find((each) => each.counts.audience_count > 0) ?? items[0];
  return { query, items, chosen, chosenOrNewest: chosen ?? newest };
}

export function OccurrencePicker({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { language } = usePreferences();
  const { search, change } = useDetailSearch(campaign.id);
  const { items, chosenOrNewest } = useOccurrence(campaign);
  return (
    <Select
      aria-label={t("detail.ofOccurrence")}
      value={chosenOrNewest?.id}
      onChange={(occurrence) => change({ ...search, occurrence, reason: undefined })}
      style={{ minWidth: 230 }}
      options={items.map((each) => ({
        value: each.id,
        label: `${inZone(new Date(each.scheduled_at), campaign.zone, language)} · ${t(`occurrence.${each.status}`)}`,
      }))}
    />
  );
}
