// A template while it is written.

import { describe, expect, it } from "vitest";
import { componentsOf, draftOf, EMPTY_DRAFT, lintsOf, type TemplateDraft } from "../pages/templates/draft";
import type { Template } from "../pages/templates/queries";

const GOOD: TemplateDraft = {
  ...EMPTY_DRAFT,
  name: "spring_offer",
  header: "News for {{1}}",
  body: "Hi {{1}}, your code is {{2}}. See you soon!",
  footer: "Reply STOP to hear no more",
  buttons: [
    { type: "QUICK_REPLY", text: "Tell me more" },
    { type: "URL", text: "To the shop", url: "https://shop.example" },
  ],
  samples: { header: { 1: "Ann" }, body: { 1: "Ann", 2: "20OFF" } },
};

function codes(change: Partial<TemplateDraft>): string[] {
  return lintsOf({ ...GOOD, ...change }).map(({ code }) => code);
}

describe("a draft of a template", () => {
  it("goes to the provider and comes back as it was", () => {
    const components = componentsOf(GOOD);
    expect(components[1]).toEqual({
      type: "BODY",
      text: GOOD.body,
      example: { body_text: [["Ann", "20OFF"]] },
    });
    const template = { ...GOOD, components } as unknown as Template;
    expect(draftOf(template)).toEqual(GOOD);
  });

  it("names samples where placeholders have names", () => {
    const named = { ...GOOD, header: "", body: "Hi {{first_name}}, welcome!", samples: { header: {}, body: { first_name: "Ann" } } };
    expect(componentsOf(named)[0]?.example).toEqual({
      body_text_named_params: [{ param_name: "first_name", example: "Ann" }],
    });
  });

  it("is not written on when it has parts that the form does not know", () => {
    const components = [{ type: "HEADER", format: "IMAGE" }, { type: "BODY", text: "Hi" }];
    expect(draftOf({ ...GOOD, components } as unknown as Template)).toBeUndefined();
  });

  it("has nothing to complain about when it is good", () => {
    expect(codes({})).toEqual([]);
  });

  it.each<[string, Partial<TemplateDraft>]>([
    ["endsWithPlaceholder", { body: "Your code, {{1}}: {{2}}" }],
    ["beginsWithPlaceholder", { body: "{{1}}, your code is {{2}}." }],
    ["braces", { body: "Hi {{1}}, your code is {{2}. Bye {{2}} then" }],
    ["tooLong", { footer: `STOP ${"x".repeat(60)}` }],
    ["notNumbered", { body: "Hi {{2}}, bye {{1}} then" }],
    ["mixedPlaceholders", { body: "Hi {{name}}, bye {{1}} then" }],
    ["sampleMissing", { samples: { header: { 1: "Ann" }, body: { 1: "Ann" } } }],
    ["placeholdersTouch", { body: "Hi {{1}} {{2}} there" }],
    ["bodyMissing", { body: " " }],
    ["name", { name: "Spring offer" }],
    ["footerPlaceholder", { footer: "STOP {{1}} now" }],
    ["buttonIncomplete", { buttons: [{ type: "URL", text: "Shop", url: "shop" }] }],
    ["tooMany.PHONE_NUMBER", { buttons: [1, 2].map(() => ({ type: "PHONE_NUMBER" as const, text: "Call", phone_number: "+4930123456" })) }],
    ["looksPromotional", { category: "utility", body: "Hi {{1}}, 20% off with {{2}} today" }],
    ["noOptOut", { footer: "" }],
  ])("is told: %s", (code, change) => {
    expect(codes(change)).toContain(code);
  });
});
