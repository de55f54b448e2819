import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import en from "../locales/en/parts.json";
import zh from "../locales/zh/parts.json";
import { isComplete, type Plan, PLAN_KINDS, planInWords, planOfKind } from "../parts/plan";

beforeAll(async () => {
  await i18next.init({
    lng: "en",
    resources: { en: { parts: en }, zh: { parts: zh } },
    interpolation: { escapeValue: false },
  });
});

function words(plan: Plan, language: "en" | "zh"): string {
  return planInWords(plan, "18:30", i18next.getFixedT(language), language);
}

describe("an execution plan", () => {
  it("is told in words", () => {
    expect(words({ kind: "daily" }, "en")).toBe("Every day at 18:30");
    expect(words({ kind: "daily", at: "09:00" }, "zh")).toBe("每天 09:00");
    expect(words({ kind: "every", every: 15, unit: "minutes" }, "en")).toBe("Every 15 minutes");
    expect(words({ kind: "every", every: 1, unit: "hours" }, "en")).toBe("Every hour");
    expect(words({ kind: "weekly", weekdays: ["friday", "monday"], at: "08:00" }, "en")).toBe(
      "Every Monday and Friday at 08:00",
    );
    expect(words({ kind: "monthly", days: [1, -1] }, "zh")).toBe("每月1 日和最后一天 18:30");
    expect(words({ kind: "cron", expression: "0 9 * * 1" }, "en")).toBe("Cron 0 9 * * 1");
  });

  it("of every kind begins complete, and has words in both languages", () => {
    for (const kind of PLAN_KINDS) {
      const plan = planOfKind(kind);
      expect(isComplete(plan), kind).toBe(true);
      expect(words(plan, "en")).not.toContain("plan.");
      expect(words(plan, "zh")).not.toContain("plan.");
    }
  });

  it("keeps its time of day when its kind changes to one that has a time", () => {
    expect(planOfKind("weekly", { kind: "daily", at: "07:15" }).at).toBe("07:15");
    expect(planOfKind("hourly", { kind: "daily", at: "07:15" })).toEqual({ kind: "hourly" });
  });

  it("that lacks something is not complete", () => {
    expect(isComplete({ kind: "weekly", weekdays: [] })).toBe(false);
    expect(isComplete({ kind: "every", unit: "days" })).toBe(false);
    expect(isComplete({ kind: "cron", expression: " " })).toBe(false);
  });
});
