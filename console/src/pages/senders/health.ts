// What the provider says about a sender, in the order in which people look for it.

import type { Tone } from "../../app/theme";

export const HEALTH_FACTS = [
  "verified_name",
  "display_phone_number",
  "quality",
  "status",
  "throughput_level",
  "name_status",
  "verification_status",
  "platform",
] as const;
export type HealthFact = (typeof HEALTH_FACTS)[number];

const QUALITY_TONES: Readonly<Record<string, Tone>> = {
  GREEN: "ok",
  YELLOW: "hold",
  RED: "fail",
};

export function qualityTone(quality: string): Tone {
  return QUALITY_TONES[quality] ?? "mute";
}

/** The facts that are known, with their values as text. */
export function healthFacts(health: Readonly<Record<string, unknown>>): [HealthFact, string][] {
  return HEALTH_FACTS.flatMap((fact): [HealthFact, string][] => {
    const value = health[fact];
    return typeof value === "string" && value !== "" ? [[fact, value]] : [];
  });
}

/** When the provider was asked, if ever. */
export function askedAt(health: Readonly<Record<string, unknown>>): string | undefined {
  return typeof health.asked_at === "string" ? health.asked_at : undefined;
}
