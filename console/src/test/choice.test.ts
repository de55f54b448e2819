import { describe, expect, it } from "vitest";
import { chosenOf } from "../canvas/choice";

describe("the chosen node of a canvas", () => {
  it("is the one that was selected last", () => {
    expect(chosenOf(new Set(["a"]), undefined)).toBe("a");
    expect(chosenOf(new Set(["a", "b"]), "a")).toBe("b");
    expect(chosenOf(new Set(["b"]), "a")).toBe("b");
  });

  it("stays when the canvas tells the same selection once more", () => {
    expect(chosenOf(new Set(["a"]), "a")).toBe("a");
  });

  it("is none when nothing is selected any more", () => {
    expect(chosenOf(new Set(), "a")).toBeUndefined();
    expect(chosenOf(new Set(), undefined)).toBeUndefined();
  });
});
