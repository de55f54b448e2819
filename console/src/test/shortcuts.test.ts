import { describe, expect, it } from "vitest";
import { SCREENS } from "../app/screens";
import { GO_TO, stepFrom } from "../app/shortcuts";
import { bulkFilterOf } from "../pages/audience/bulk";
import { canBeUndone } from "../pages/audience/RegroupDialog";

describe("the keys", () => {
  it("lead to every screen, each by one of its own", () => {
    const keys = SCREENS.map(({ name }) => GO_TO[name]);
    expect(keys).not.toContain(undefined);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    [-1, 1, 5, 0],
    [-1, -1, 5, 4],
    [0, 1, 5, 1],
    [4, 1, 5, 4],
    [0, -1, 5, 0],
  ])("go from row %i by %i of %i to %i", (at, step, count, next) => {
    expect(stepFrom(at, step, count)).toBe(next);
  });
});

describe("what is chosen", () => {
  it("is a search when it is everybody, else the ids", () => {
    const search = { text: "ana", group_id: 3 };
    expect(bulkFilterOf("all", search)).toMatchObject({ text: "ana", group_id: 3 });
    expect(bulkFilterOf([1, 2], search)).toEqual({
      contact_ids: [1, 2],
      consent_channel: "whatsapp",
    });
  });

  it("can be put back only where everybody was a member before", () => {
    expect(canBeUndone("remove", [3], { group_id: 3 })).toBe(true);
    expect(canBeUndone("remove", [3], {})).toBe(false);
    expect(canBeUndone("remove", [3, 4], { group_id: 3 })).toBe(false);
    expect(canBeUndone("add", [3], { group_id: 3 })).toBe(false);
  });
});
