// Which phones hang on the wall.

import { describe, expect, it } from "vitest";
import { wallSearchOf } from "../pages/phones/queries";
import { digitsOf, nextPhones, type Phone } from "../pages/phones/wall";

const NOW = Date.parse("2026-03-02T09:00:00Z");

function phone(number: string, secondsAgo?: number, isWriting = false): Phone {
  const line = {
    provider_id: `w${number}`,
    side: "business" as const,
    at: new Date(NOW - (secondsAgo ?? 0) * 1_000).toISOString(),
    kind: "text",
    header: null,
    body: "Hello",
    footer: null,
    buttons: [],
    offers: [],
    state: "read",
    error_code: null,
  };
  return {
    phone: number,
    name: `Person ${number}`,
    contact_id: null,
    is_person_writing: isWriting,
    is_business_writing: false,
    lines: secondsAgo === undefined ? [] : [line],
  };
}

describe("the wall of phones", () => {
  it("is filled with the newest", () => {
    expect(nextPhones([], [], [phone("1", 0), phone("2", 1), phone("3", 2)], 2, NOW)).toEqual(["1", "2"]);
  });

  it("keeps phones where something happens in their places", () => {
    const known = [phone("1", 3), phone("2", 60, true)];
    expect(nextPhones(["1", "2"], known, [phone("9", 0)], 2, NOW)).toEqual(["1", "2"]);
  });

  it("lets a quiet phone make room, but never for a quieter one", () => {
    const known = [phone("1", 3), phone("2", 60)];
    expect(nextPhones(["1", "2"], known, [phone("9", 0)], 2, NOW)).toEqual(["1", "9"]);
    expect(nextPhones(["1", "2"], known, [phone("9", 90)], 2, NOW)).toEqual(["1", "2"]);
  });

  it("swaps few at once, so that one can follow", () => {
    const shown = ["1", "2", "3", "4"];
    const known = shown.map((number) => phone(number, 60));
    const newest = ["6", "7", "8", "9"].map((number) => phone(number, 0));
    const next = nextPhones(shown, known, newest, 4, NOW);
    expect(next.filter((number) => shown.includes(number))).toHaveLength(2);
  });

  it("reads numbers as people write them, and addresses as they come", () => {
    expect(digitsOf("+49 (170) 200-0000")).toBe("491702000000");
    expect(digitsOf("Ann")).toBeUndefined();
    expect(wallSearchOf({ sender: "x", phones: ["abc", 491702000000], open: "1; drop" })).toEqual({
      sender: undefined,
      phones: ["491702000000"],
      open: undefined,
    });
  });
});
