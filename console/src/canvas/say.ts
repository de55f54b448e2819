// The words that the lines about a node need, in the language of the console.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import { durationInWords } from "../parts/times";
import type { Say } from "./kinds";

const UNIT_SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

export function useSay(): Say {
  const { t } = useTranslation("canvas");
  const { language } = usePreferences();
  return useMemo(
    (): Say => ({
      duration: (amount, unit) => durationInWords(amount * (UNIT_SECONDS[unit] ?? 1), language),
      operator: (name) => t(`operators.${name}`),
      and: t("branch.and"),
      or: t("branch.or"),
      not: t("branch.not"),
    }),
    [t, language],
  );
}
