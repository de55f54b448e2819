// What would become of people, in words with their tones.

import { useTranslation } from "react-i18next";
import type { Tone } from "../../app/theme";
import { Status } from "../../parts/Status";
import type { Forecast } from "./queries";

export const FORECAST_TONES: Record<Forecast, Tone> = {
  send: "ok",
  held: "hold",
  skipped: "mute",
  failed: "fail",
};

export function ForecastWord({ outcome }: { outcome: Forecast }) {
  const { t } = useTranslation("dryRuns");
  return <Status tone={FORECAST_TONES[outcome]}>{t(`outcomes.${outcome}`)}</Status>;
}
