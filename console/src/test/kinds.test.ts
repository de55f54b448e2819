import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KINDS } from "../canvas/kinds";
import en from "../locales/en/canvas.json";
import zh from "../locales/zh/canvas.json";

const schema = JSON.parse(
  readFileSync(new URL("../../../docs/reference/flow.schema.json", import.meta.url), "utf-8"),
) as { $defs: Record<string, unknown> };
const kinds = Object.keys(schema.$defs)
  .filter((name) => name.startsWith("node_"))
  .map((name) => name.slice("node_".length));

describe("the node kinds of the server", () => {
  it("can all be added to a flow", () => {
    expect([...KINDS.keys()].toSorted()).toEqual(kinds.toSorted());
  });

  it.each([
    ["en", en.kinds],
    ["zh", zh.kinds],
  ])("all have a title and a summary in %s", (_language, words) => {
    expect(Object.keys(words).toSorted()).toEqual([...kinds].toSorted());
  });
});
