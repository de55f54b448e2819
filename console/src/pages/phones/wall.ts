// Which phones hang on the wall: those that are there stay as long as something happens on them, so
// that one can follow a conversation; a quiet one makes room for one where something just happened.

import type { Schemas } from "../../api/client";

export type Phone = Schemas["SimulatedPhoneAnswer"];
export type Line = Schemas["SimulatedLineAnswer"];
export type Offer = Schemas["OfferAnswer"];

const QUIET_MILLISECONDS = 12_000;
const SWAPS_AT_ONCE = 2;

/** When something happened on a phone last, in milliseconds since 1970; 0 for an empty one. */
export function lastAt(phone: Phone): number {
  const last = phone.lines.at(-1);
  return last === undefined ? 0 : Date.parse(last.at);
}

function isQuiet(phone: Phone | undefined, now: number): boolean {
  return phone === undefined || (!phone.is_person_writing && now - lastAt(phone) > QUIET_MILLISECONDS);
}

/**
 * The numbers to show next.  `shown` are those on the wall in their places, `known` what the server
 * told of them, `newest` where something happened last, the newest first.
 */
export function nextPhones(
  shown: readonly string[],
  known: readonly Phone[],
  newest: readonly Phone[],
  count: number,
  now: number,
): string[] {
  const places = shown.slice(0, count);
  const waiting = newest.map((phone) => phone.phone).filter((phone) => !places.includes(phone));
  while (places.length < count && waiting.length > 0) places.push(waiting.shift() ?? "");
  const quiet = places
    .map((phone) => known.find((each) => each.phone === phone))
    .map((phone, index) => ({ index, phone, at: phone === undefined ? 0 : lastAt(phone) }))
    .filter(({ index, phone }) => index < shown.length && isQuiet(phone, now))
    .toSorted((one, other) => one.at - other.at);
  for (const { index, at } of quiet.slice(0, SWAPS_AT_ONCE)) {
    const next = waiting.find(
      (phone) => lastAt(newest.find((each) => each.phone === phone) as Phone) > at,
    );
    if (next === undefined) break;
    waiting.splice(waiting.indexOf(next), 1);
    places[index] = next;
  }
  return places;
}

/** The digits of a number as people write it; undefined when it is none. */
export function digitsOf(text: string): string | undefined {
  const digits = text.replaceAll(/[\s()+-]/g, "");
  return /^\d{7,15}$/.test(digits) ? digits : undefined;
}
