// Execution plans: their shape (the server's JSON), and the words for them.

import type { TFunction } from "i18next";

export const PLAN_KINDS = [
  "daily",
  "hourly",
  "every_minute",
  "once",
  "every",
  "weekly",
  "monthly",
  "cron",
] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export const UNITS = ["minutes", "hours", "days"] as const;
export const LAST_DAY = -1;

/** Only the fields of its kind are there. */
export interface Plan {
  kind: PlanKind;
  at?: string;
  every?: number;
  unit?: (typeof UNITS)[number];
  weekdays?: (typeof WEEKDAYS)[number][];
  days?: number[];
  expression?: string;
}

const FIRST: Record<PlanKind, Omit<Plan, "kind">> = {
  daily: {},
  hourly: {},
  every_minute: {},
  once: {},
  every: { every: 15, unit: "minutes" },
  weekly: { weekdays: ["monday"] },
  monthly: { days: [1] },
  cron: { expression: "0 9 * * 1-5" },
};

/** A plan of another kind; a time of day that both kinds have is kept. */
export function planOfKind(kind: PlanKind, before?: Plan): Plan {
  const hasTime = kind === "daily" || kind === "weekly" || kind === "monthly";
  return { kind, ...FIRST[kind], ...(hasTime && before?.at ? { at: before.at } : {}) };
}

/** Whether a plan has what its kind needs, so that it is worth asking the server about it. */
export function isComplete(plan: Plan): boolean {
  if (plan.kind === "every") return plan.every !== undefined && plan.every > 0;
  if (plan.kind === "weekly") return (plan.weekdays?.length ?? 0) > 0;
  if (plan.kind === "monthly") return (plan.days?.length ?? 0) > 0;
  if (plan.kind === "cron") return (plan.expression ?? "").trim() !== "";
  return true;
}

/**
 * A plan as a person says it: "Every day at 09:00".  `start` is the wall-clock time of day of the
 * campaign's start, which a plan without a time of its own has.
 */
export function planInWords(plan: Plan, start: string, t: TFunction, language: string): string {
  const at = plan.at ?? start;
  const join = (names: string[]) =>
    new Intl.ListFormat(language, { type: "conjunction" }).format(names);
  switch (plan.kind) {
    case "every":
      return t(`parts:plan.words.every_${plan.unit ?? "minutes"}`, { count: plan.every ?? 1 });
    case "weekly": {
      const days = WEEKDAYS.filter((day) => plan.weekdays?.includes(day));
      return t("parts:plan.words.weekly", {
        days: join(days.map((day) => t(`parts:plan.weekdays.${day}`))),
        at,
      });
    }
    case "monthly": {
      const days = (plan.days ?? []).map((day) =>
        day === LAST_DAY ? t("parts:plan.lastDay") : t("parts:plan.dayOfMonth", { day }),
      );
      return t("parts:plan.words.monthly", { days: join(days), at });
    }
    case "cron":
      return t("parts:plan.words.cron", { expression: plan.expression });
    default:
      return t(`parts:plan.words.${plan.kind}`, { at });
  }
}
