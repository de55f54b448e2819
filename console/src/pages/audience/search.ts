// What the addresses of the audience pages carry.

export const CONSENT_STATES = ["opted_in", "opted_out", "none"] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

export interface ContactSearch {
  text?: string;
  group_id?: number;
  consent?: ConsentState;
}

/** A part of the contact page that is asked for by name. */
export const CONTACT_TABS = ["conversation", "campaigns", "sessions"] as const;
export type ContactTab = (typeof CONTACT_TABS)[number];

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** Read the filters of the contacts; what is not understood is left out. */
export function contactSearchOf(search: Record<string, unknown>): ContactSearch {
  return {
    text: text(search.text),
    group_id: positive(search.group_id),
    consent: CONSENT_STATES.find((each) => each === search.consent),
  };
}

export function groupSearchOf(search: Record<string, unknown>): { name?: string } {
  return { name: text(search.name) };
}

export function newImportSearchOf(search: Record<string, unknown>): { group_id?: number } {
  return { group_id: positive(search.group_id) };
}

export function contactTabOf(search: Record<string, unknown>): { tab?: ContactTab } {
  return { tab: CONTACT_TABS.find((each) => each === search.tab) };
}

/** Digits as they are stored, when somebody typed a phone number with spaces and dashes. */
export function searchedText(typed: string): string {
  const trimmed = typed.trim();
  return /^[+()\d\s./-]+$/.test(trimmed) ? trimmed.replaceAll(/[^\d+]/g, "") : trimmed;
}
