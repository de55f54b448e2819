// A template while it is written: the provider's components from it and back, and what is wrong with
// its copy.  The provider judges in the end; what is told here is known to be refused, or often is.

import type { Schemas } from "../../api/client";
import { type Component, placeholdersOf, samplesOf } from "../../parts/whatsapp";
import type { Template } from "./queries";

export const BUTTON_TYPES = ["QUICK_REPLY", "URL", "PHONE_NUMBER"] as const;
export type ButtonType = (typeof BUTTON_TYPES)[number];
export type Category = Schemas["NewTemplateBody"]["category"];
export type Part = "header" | "body";

export interface ButtonDraft {
  type: ButtonType;
  text: string;
  url?: string;
  phone_number?: string;
}

export interface TemplateDraft {
  name: string;
  language: string;
  category: Category;
  header: string;
  body: string;
  footer: string;
  buttons: ButtonDraft[];
  samples: Record<Part, Record<string, string>>;
}

export const EMPTY_DRAFT: TemplateDraft = {
  name: "",
  language: "en_US",
  category: "marketing",
  header: "",
  body: "",
  footer: "",
  buttons: [],
  samples: { header: {}, body: {} },
};

const LONGEST = { header: 60, body: 1024, footer: 60, button: 25 } as const;
const MOST_BUTTONS = 10;
const MOST_OF_TYPE: Partial<Record<ButtonType, number>> = { URL: 2, PHONE_NUMBER: 1 };
const PROMOTIONAL = /\b(?:\d+ ?% off|sale|discount|offer|coupon|deal)\b|优惠|折扣|促销|特价/i;

export interface Lint {
  code: string;
  where: string;
  isError: boolean;
  values?: Record<string, string | number>;
}

/** Whether placeholders go by number ({{1}}) or by name; by number when there are none. */
export function formatOf(draft: TemplateDraft): "positional" | "named" {
  const names = [...placeholdersOf(draft.header), ...placeholdersOf(draft.body)];
  return names.some((name) => !/^\d+$/.test(name)) ? "named" : "positional";
}

function exampleOf(draft: TemplateDraft, part: Part): Component | undefined {
  const names = placeholdersOf(draft[part]);
  if (names.length === 0) return undefined;
  const sample = (name: string) => draft.samples[part][name] ?? "";
  if (formatOf(draft) === "named") {
    return {
      [`${part}_text_named_params`]: names.map((name) => ({ param_name: name, example: sample(name) })),
    };
  }
  return { [`${part}_text`]: part === "body" ? [names.map(sample)] : names.map(sample) };
}

function textComponent(draft: TemplateDraft, part: Part): Component {
  const example = exampleOf(draft, part);
  return {
    type: part.toUpperCase(),
    ...(part === "header" && { format: "TEXT" }),
    text: draft[part],
    ...(example !== undefined && { example }),
  };
}

/** The draft in the provider's own form. */
export function componentsOf(draft: TemplateDraft): Component[] {
  const components = [];
  if (draft.header !== "") components.push(textComponent(draft, "header"));
  components.push(textComponent(draft, "body"));
  if (draft.footer !== "") components.push({ type: "FOOTER", text: draft.footer });
  if (draft.buttons.length > 0) {
    components.push({
      type: "BUTTONS",
      buttons: draft.buttons.map(({ type, text, url, phone_number }) => ({
        type,
        text,
        ...(type === "URL" && { url }),
        ...(type === "PHONE_NUMBER" && { phone_number }),
      })),
    });
  }
  return components;
}

/** A template to write on; undefined when it has parts that cannot be written here (media, cards). */
export function draftOf(template: Template): TemplateDraft | undefined {
  const draft = structuredClone(EMPTY_DRAFT);
  for (const component of template.components) {
    const type = String(component.type).toUpperCase();
    const text = typeof component.text === "string" ? component.text : "";
    if (type === "HEADER" && String(component.format ?? "TEXT").toUpperCase() === "TEXT") draft.header = text;
    else if (type === "BODY") draft.body = text;
    else if (type === "FOOTER") draft.footer = text;
    else if (type === "BUTTONS" && Array.isArray(component.buttons)) {
      draft.buttons = component.buttons as ButtonDraft[];
    } else return undefined;
  }
  if (draft.buttons.some(({ type, url }) => !BUTTON_TYPES.includes(type) || url?.includes("{{"))) return undefined;
  const { header, body } = samplesOf(template.components);
  return {
    ...draft,
    name: template.name,
    language: template.language,
    category: template.category === "utility" ? "utility" : "marketing",
    samples: { header: { ...header }, body: { ...body } },
  };
}

function tooLong(where: string, text: string, longest: number): Lint[] {
  return text.length > longest
    ? [{ code: "tooLong", where, isError: true, values: { longest, length: text.length } }]
    : [];
}

function placeholderLints(draft: TemplateDraft, part: Part): Lint[] {
  const text = draft[part].trim();
  const names = placeholdersOf(text);
  const lints: Lint[] = [];
  const bare = text.replaceAll(/\{\{\s*\w+\s*\}\}/g, "");
  if (/\{\{|\}\}/.test(bare)) lints.push({ code: "braces", where: part, isError: true });
  if (part === "body" && /^\{\{\s*\w+\s*\}\}/.test(text)) lints.push({ code: "beginsWithPlaceholder", where: part, isError: true });
  if (part === "body" && /\{\{\s*\w+\s*\}\}$/.test(text)) lints.push({ code: "endsWithPlaceholder", where: part, isError: true });
  if (/\}\}\s*\{\{/.test(text)) lints.push({ code: "placeholdersTouch", where: part, isError: false });
  const isNumbered = names.every((name) => /^\d+$/.test(name));
  if (formatOf(draft) === "named" && names.some((name) => /^\d+$/.test(name))) {
    lints.push({ code: "mixedPlaceholders", where: part, isError: true });
  } else if (isNumbered && names.some((name, index) => Number(name) !== index + 1)) {
    lints.push({ code: "notNumbered", where: part, isError: true });
  }
  for (const name of names) {
    if ((draft.samples[part][name] ?? "").trim() === "") {
      lints.push({ code: "sampleMissing", where: part, isError: true, values: { name } });
    }
  }
  if (part === "header" && names.length > 1) lints.push({ code: "headerPlaceholders", where: part, isError: true });
  return lints;
}

/** What is wrong with the copy, the worst first. */
export function lintsOf(draft: TemplateDraft): Lint[] {
  const lints: Lint[] = [
    ...tooLong("header", draft.header, LONGEST.header),
    ...tooLong("body", draft.body, LONGEST.body),
    ...tooLong("footer", draft.footer, LONGEST.footer),
    ...placeholderLints(draft, "header"),
    ...placeholderLints(draft, "body"),
  ];
  if (!/^[a-z0-9_]{1,512}$/.test(draft.name)) lints.push({ code: "name", where: "name", isError: true });
  if (draft.body.trim() === "") lints.push({ code: "bodyMissing", where: "body", isError: true });
  if (draft.footer.includes("{{")) lints.push({ code: "footerPlaceholder", where: "footer", isError: true });
  if (draft.buttons.length > MOST_BUTTONS) {
    lints.push({ code: "tooManyButtons", where: "buttons", isError: true, values: { longest: MOST_BUTTONS } });
  }
  for (const [type, most] of Object.entries(MOST_OF_TYPE)) {
    if (draft.buttons.filter((button) => button.type === type).length > most) {
      lints.push({ code: `tooMany.${type}`, where: "buttons", isError: true });
    }
  }
  for (const button of draft.buttons) {
    lints.push(...tooLong("buttons", button.text, LONGEST.button));
    const isWhole =
      button.text.trim() !== "" &&
      (button.type !== "URL" || /^https?:\/\/\S+$/.test(button.url ?? "")) &&
      (button.type !== "PHONE_NUMBER" || /^\+\d{7,15}$/.test(button.phone_number ?? ""));
    if (!isWhole) lints.push({ code: "buttonIncomplete", where: "buttons", isError: true });
  }
  const words = `${draft.header} ${draft.body}`;
  if (draft.category === "utility" && PROMOTIONAL.test(words)) {
    lints.push({ code: "looksPromotional", where: "category", isError: false });
  }
  if (draft.category === "marketing" && !/STOP|退订/.test(`${words} ${draft.footer}`)) {
    lints.push({ code: "noOptOut", where: "footer", isError: false });
  }
  return lints.toSorted((one, other) => Number(other.isError) - Number(one.isError));
}
