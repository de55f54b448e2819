// How the provider judges a template, in a word.

import { useTranslation } from "react-i18next";
import type { Tone } from "../../app/theme";
import { Status } from "../../parts/Status";

const TONES: Readonly<Record<string, Tone>> = {
  approved: "ok",
  pending: "wait",
  in_appeal: "wait",
  rejected: "fail",
  paused: "hold",
  disabled: "fail",
  stopped: "hold",
  archived: "mute",
  limit_exceeded: "fail",
  deleted: "mute",
  pending_deletion: "mute",
};

export const TEMPLATE_STATUSES = ["approved", "pending", "rejected", "paused", "disabled", "deleted"];
export const CATEGORIES = ["marketing", "utility", "authentication"];

export function TemplateStatus({ status }: { status: string }) {
  const { t } = useTranslation("templates");
  return (
    <Status tone={TONES[status] ?? "mute"}>
      {t(`statuses.${status}`, { defaultValue: status })}
    </Status>
  );
}
