// Numbers as people read them: exact up to 9,999, then short, with the exact one on hover.

const EXACT_UP_TO = 9_999;

export function exactCount(count: number, language: string): string {
  return new Intl.NumberFormat(language).format(count);
}

export function shortCount(count: number, language: string): string {
  if (Math.abs(count) <= EXACT_UP_TO) return exactCount(count, language);
  return new Intl.NumberFormat(language, {
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(count);
}

/** A part of a whole in percent; undefined when there is no whole. */
export function shareOf(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

/** "0 %" means none and "100 %" means all: what lies between never rounds to either. */
export function percent(share: number, language: string): string {
  const rounded = Math.round(share * 100) / 100;
  const honest =
    share > 0 && rounded <= 0 ? 0.01 : share < 1 && rounded >= 1 ? 0.99 : rounded;
  return new Intl.NumberFormat(language, { style: "percent" }).format(honest);
}

/** How many characters a person sees as typed: Unicode code points, as the server counts them. */
export function codePointCount(text: string): number {
  return Array.from(text).length;
}
