// What a person prefers, kept by the browser: language, theme, density.

import { useSyncExternalStore } from "react";

export type Language = "en" | "zh";
export type Scheme = "light" | "dark";
export type SchemeChoice = Scheme | "system";
export type Density = "comfortable" | "compact";

export interface Preferences {
  language: Language;
  scheme: SchemeChoice;
  density: Density;
}

const KEY = "clarion.preferences";
const LANGUAGES: readonly Language[] = ["en", "zh"];
const SCHEMES: readonly SchemeChoice[] = ["system", "light", "dark"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];

function oneOf<Value>(values: readonly Value[], value: unknown, otherwise: Value): Value {
  return values.includes(value as Value) ? (value as Value) : otherwise;
}

/** Read what was kept; whatever is not understood is left at its default. */
export function readPreferences(kept: string | null, browserLanguage: string): Preferences {
  let found: Record<string, unknown> = {};
  try {
    found = (JSON.parse(kept ?? "{}") as Record<string, unknown> | null) ?? {};
  } catch {
    found = {};
  }
  const spoken: Language = browserLanguage.toLowerCase().startsWith("zh") ? "zh" : "en";
  return {
    language: oneOf(LANGUAGES, found.language, spoken),
    scheme: oneOf(SCHEMES, found.scheme, "system"),
    density: oneOf(DENSITIES, found.density, "comfortable"),
  };
}

const listeners = new Set<() => void>();
let current = readPreferences(localStorage.getItem(KEY), navigator.language);

export function preferences(): Preferences {
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** The theme to show: the person's choice, else the system's. */
export function useScheme(): Scheme {
  const { scheme } = usePreferences();
  const isDark = useMedia("(prefers-color-scheme: dark)");
  if (scheme !== "system") return scheme;
  return isDark ? "dark" : "light";
}

/** Whether the person wants things to stand still. */
export function useStillness(): boolean {
  return useMedia("(prefers-reduced-motion: reduce)");
}
