// States of campaigns, occurrences and people, in words with their tones.

import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import type { Tone } from "../../app/theme";
import { type Plan, planInWords } from "../../parts/plan";
import { Status } from "../../parts/Status";
import { wallOf } from "../../parts/times";
import type { Campaign } from "./draft";
import type { Outcome } from "./queries";
import type { CampaignStatus } from "./search";

export const CAMPAIGN_TONES: Record<CampaignStatus, Tone> = {
  pending: "wait",
  in_progress: "run",
  suspended: "hold",
  ended: "mute",
};

export type OccurrenceStatus =
  | "queued"
  | "planned"
  | "running"
  | "finished"
  | "missed"
  | "skipped"
  | "cancelled";

export const OCCURRENCE_TONES: Record<OccurrenceStatus, Tone> = {
  queued: "wait",
  planned: "wait",
  running: "run",
  finished: "ok",
  missed: "fail",
  skipped: "hold",
  cancelled: "mute",
};

export const OUTCOME_TONES: Record<Outcome, Tone> = {
  accepted: "ok",
  pending: "wait",
  held: "hold",
  in_doubt: "hold",
  skipped: "mute",
  failed: "fail",
};
export const OUTCOMES = Object.keys(OUTCOME_TONES) as Outcome[];

export function CampaignStatusWord({ status }: { status: CampaignStatus }) {
  const { t } = useTranslation("campaigns");
  return <Status tone={CAMPAIGN_TONES[status]}>{t(`status.${status}`)}</Status>;
}

export function OccurrenceStatusWord({ status }: { status: OccurrenceStatus }) {
  const { t } = useTranslation("campaigns");
  return <Status tone={OCCURRENCE_TONES[status]}>{t(`occurrence.${status}`)}</Status>;
}

export function OutcomeWord({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation("campaigns");
  return <Status tone={OUTCOME_TONES[outcome]}>{t(`outcomes.${outcome}`)}</Status>;
}

/** A reason in the person's language; a note that somebody typed stands as it is. */
export function useReason(): (code: string, inWords: string | null) => string {
  const { t, i18n } = useTranslation("reasons");
  return (code, inWords) =>
    i18n.exists(code, { ns: "reasons", keySeparator: false })
      ? t(code, { keySeparator: false })
      : (inWords ?? code);
}

export function PlanWords({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("parts");
  const { language } = usePreferences();
  const start = wallOf(new Date(campaign.start_at), campaign.zone).slice(11, 16);
  const plan = campaign.plan as unknown as Plan;
  // The server explains a cron expression; only in its own language.
  if (plan.kind === "cron" && language === "en") return campaign.plan_in_words;
  return planInWords(plan, start, t, language);
}
