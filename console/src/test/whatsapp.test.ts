import { describe, expect, it } from "vitest";
import { stateOf } from "../parts/messageState";
import {
  bubbleOf,
  bubbleOfTemplate,
  contentOf,
  filled,
  lineOf,
  placeholdersOf,
  samplesOf,
  spansOf,
} from "../parts/whatsapp";

const SPRING = [
  { type: "HEADER", format: "TEXT", text: "Hello {{1}}", example: { header_text: ["Ana"] } },
  {
    type: "BODY",
    text: "Hi {{1}}, *{{2}}* off until Sunday.",
    example: { body_text: [["Ana", "20%"]] },
  },
  { type: "FOOTER", text: "Reply STOP" },
  {
    type: "BUTTONS",
    buttons: [
      { type: "QUICK_REPLY", text: "Yes" },
      { type: "URL", text: "Open the shop", url: "https://shop.example/{{1}}" },
    ],
  },
];

describe("the marks inside a text", () => {
  it("are what WhatsApp makes of them", () => {
    expect(spansOf("a *b _c_* ~d~ ```e *f*```")).toEqual([
      { text: "a ", marks: [] },
      { text: "b ", marks: ["bold"] },
      { text: "c", marks: ["bold", "italic"] },
      { text: " ", marks: [] },
      { text: "d", marks: ["strike"] },
      { text: " ", marks: [] },
      { text: "e *f*", marks: ["mono"] },
    ]);
  });

  it.each(["2*3*4", "snake_case_name", "* not bold *", "*", "", "~~"])("leave %o alone", (text) => {
    expect(spansOf(text).map((span) => span.text).join("")).toBe(text);
    expect(spansOf(text).flatMap((span) => span.marks)).toEqual([]);
  });
});

describe("a template", () => {
  it("has placeholders that are filled, and shown when nothing is given", () => {
    expect(placeholdersOf("{{1}} {{ name }} {{1}}")).toEqual(["1", "name"]);
    expect(filled("{{1}}, {{2}}", { 1: "Ana", 2: "" })).toBe("Ana, {{2}}");
  });

  it("is shown with the samples of its author", () => {
    expect(bubbleOfTemplate(SPRING, samplesOf(SPRING))).toEqual({
      header: { kind: "text", text: "Hello Ana" },
      body: "Hi Ana, *20%* off until Sunday.",
      footer: "Reply STOP",
      buttons: [
        { kind: "reply", text: "Yes" },
        { kind: "url", text: "Open the shop" },
      ],
    });
  });

  it("may name its placeholders", () => {
    const components = [
      {
        type: "BODY",
        text: "Hi {{first_name}}",
        example: { body_text_named_params: [{ param_name: "first_name", example: "Ana" }] },
      },
    ];
    expect(bubbleOfTemplate(components, samplesOf(components)).body).toBe("Hi Ana");
  });
});

describe("a message", () => {
  const sent = contentOf({
    kind: "template",
    body: {
      name: "spring",
      language: "en_US",
      parameters: [
        { component: "body", value: "Bo" },
        { component: "body", value: "10%" },
        { component: "button", value: "YES", index: 0 },
      ],
    },
  });

  it("that was a template is shown as it was read, once the template is known", () => {
    expect(lineOf(sent, SPRING)).toBe("Hi Bo, *10%* off until Sunday.");
    expect(lineOf(sent)).toBe("spring (en_US)");
  });

  it("of any kind has a line", () => {
    const picture = contentOf({ kind: "media", body: { media: "image", caption: null } });
    expect(lineOf(picture)).toBe("[image]");
    expect(bubbleOf(picture).header).toEqual({ kind: "image", text: "" });
    expect(lineOf(contentOf({ kind: "reply", body: { kind: "location", text: "" } }))).toBe("[location]");
    expect(lineOf(contentOf({ kind: "text", body: { text: "one\n two" } }))).toBe("one two");
    expect(lineOf(contentOf({}))).toBe("[]");
  });

  it.each([
    ["queued", null, "queued"],
    ["accepted", null, "accepted"],
    ["accepted", "held", "accepted"],
    ["accepted", "delivered", "delivered"],
    ["accepted", "played", "read"],
    ["in_doubt", "sent", "sent"],
    ["failed", "sent", "failed"],
    ["received", null, "received"],
  ])("that is %s with receipts up to %s is %s", (status, stage, state) => {
    expect(stateOf(status, stage)).toBe(state);
  });
});
