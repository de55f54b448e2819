// What a contact agreed to, as a word.

import { useTranslation } from "react-i18next";
import type { Tone } from "../../app/theme";
import { Status } from "../../parts/Status";

const TONES: Readonly<Record<string, Tone>> = { opted_in: "ok", opted_out: "hold", none: "mute" };

export function Consent({ state = "none" }: { state?: string }) {
  const { t } = useTranslation("audience");
  return <Status tone={TONES[state] ?? "mute"}>{t(`consent.states.${state}`)}</Status>;
}
