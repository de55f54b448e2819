import { describe, expect, it } from "vitest";
import { changesOf, rowsOf, valueOf } from "../pages/audience/attributes";
import { endOfLastLine, headOf, templateCsv, TEMPLATE_HEADERS } from "../pages/audience/files";
import { faultOf, mappingOf, targetsOf } from "../pages/audience/mapping";
import { contactSearchOf, searchedText } from "../pages/audience/search";
import { askedAt, healthFacts, qualityTone } from "../pages/senders/health";

describe("attributes in a form", () => {
  const stored = { city: "Xi'an", points: 12, vip: true };

  it("come back as they were stored", () => {
    expect(changesOf(stored, rowsOf(stored))).toEqual({});
  });

  it("are sent only when they changed, and taken away by null", () => {
    const rows = [
      { name: "city", kind: "text", text: "Rome" },
      { name: " size ", kind: "text", text: "L" },
      { name: "points", kind: "number", text: "12" },
    ] as const;
    expect(changesOf(stored, rows)).toEqual({ vip: null, city: "Rome", size: "L" });
  });

  it("of numbers have to be numbers", () => {
    expect(valueOf({ name: "n", kind: "number", text: "1e3" })).toBe(1000);
    for (const text of ["", " ", "ten", "Infinity"]) {
      expect(valueOf({ name: "n", kind: "number", text })).toBeUndefined();
    }
  });
});

describe("the columns of a file", () => {
  const columns = [
    { header: "Handy", target: "attributes.Handy" },
    { header: "Name", target: "name" },
    { header: "", target: "-" },
  ];

  it("need one with phone numbers", () => {
    expect(faultOf(columns, {})).toEqual({ fault: "no_phone" });
    expect(faultOf(columns, { Handy: "phone" })).toBeUndefined();
  });

  it("feed a field once", () => {
    expect(faultOf(columns, { Handy: "name" })).toEqual({ fault: "twice", target: "name" });
  });

  it("are told to the server only where it would do something else", () => {
    expect(mappingOf(columns, { Handy: "phone", Name: "name" })).toEqual({ Handy: "phone" });
  });

  it("can become an attribute of their own name", () => {
    expect(targetsOf({ header: "Handy", target: "phone" })).toContain("attributes.Handy");
    expect(targetsOf({ header: "", target: "-" }).at(-1)).toBe("-");
  });
});

describe("files", () => {
  it("to fill in begin with a mark and the headers", () => {
    const lines = templateCsv().split("\r\n");
    expect(lines[0]).toBe(`\ufeff${TEMPLATE_HEADERS.join(",")}`);
    expect(new Set(lines.slice(0, -1).map((line) => line.split(",").length))).toEqual(new Set([5]));
  });

  it("are cut between lines", async () => {
    const bytes = new TextEncoder().encode("a,b\n1,2\n3,小");
    expect(endOfLastLine(bytes)).toBe(8);
    expect(endOfLastLine(new TextEncoder().encode("abc"))).toBe(3);
    const large = new File(["phone\n", "+4917020000001\n".repeat(20_000)], "a.csv");
    const head = await headOf(large);
    expect(head.size).toBeLessThan(large.size);
    expect((await head.text()).endsWith("\n")).toBe(true);
  });
});

describe("the search", () => {
  it("finds a number however it is written", () => {
    expect(searchedText(" +49 (170) 123-45 ")).toBe("+4917012345");
    expect(searchedText(" Ana 5 ")).toBe("Ana 5");
  });

  it("leaves out what it does not understand", () => {
    expect(contactSearchOf({ text: 170, group_id: "x", consent: "maybe" })).toEqual({
      text: "170",
      group_id: undefined,
      consent: undefined,
    });
  });
});

describe("a sender's health", () => {
  it("is told in the order in which people look for it", () => {
    const health = { quality: "GREEN", verified_name: "Shop", health: {}, asked_at: "2026-01-01T00:00:00Z" };
    expect(healthFacts(health)).toEqual([
      ["verified_name", "Shop"],
      ["quality", "GREEN"],
    ]);
    expect(askedAt(health)).toBe("2026-01-01T00:00:00Z");
    expect(askedAt({})).toBeUndefined();
    expect([qualityTone("GREEN"), qualityTone("RED"), qualityTone("?")]).toEqual(["ok", "fail", "mute"]);
  });
});
