// The workspace's templates, and what a send node must give one.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../api/client";
import { placeholdersOf } from "../parts/whatsapp";
import { type Config, isRecord, listOf, textOf } from "./document";

export type Template = Schemas["TemplateAnswer"];

const PAGE = 200;
const MOST_PAGES = 25;

export const templatesQuery = queryOptions({
  queryKey: ["templates", "all"],
  queryFn: async (): Promise<Template[]> => {
    const templates: Template[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
      // Each page names the next one.
      // oxlint-disable-next-line no-await-in-loop
      const answer: Schemas["Page_TemplateAnswer_"] = await answerOf(
        api.GET("/api/v1/templates", { params: { query: { limit: PAGE, cursor } } }),
      );
      templates.push(...answer.items);
      cursor = answer.next_cursor ?? null;
    }
    return templates;
  },
  staleTime: 60_000,
});

function componentOf(template: Template, kind: string): Config {
  return template.components.find((each) => textOf(each.type).toUpperCase() === kind) ?? {};
}

export interface Wants {
  body: readonly string[];
  isNamed: boolean;
  header: "text" | "image" | "video" | "document" | undefined;
  /** Buttons that take a value, by their position. */
  buttons: readonly { index: number; subType: "quick_reply" | "url" | "copy_code"; text: string; isRequired: boolean }[];
}

const SUB_TYPES: Readonly<Record<string, Wants["buttons"][number]["subType"]>> = {
  QUICK_REPLY: "quick_reply",
  URL: "url",
  COPY_CODE: "copy_code",
};

function headerOf(template: Template): Wants["header"] {
  const header = componentOf(template, "HEADER");
  const format = textOf(header.format).toLowerCase() || "text";
  if (format === "image" || format === "video" || format === "document") return format;
  return placeholdersOf(textOf(header.text)).length > 0 ? "text" : undefined;
}

export function wantsOf(template: Template): Wants {
  const buttons = listOf(componentOf(template, "BUTTONS").buttons).filter(isRecord);
  return {
    body: placeholdersOf(textOf(componentOf(template, "BODY").text)),
    isNamed: template.parameter_format.toLowerCase() === "named",
    header: headerOf(template),
    buttons: buttons.flatMap((button, index) => {
      const subType = SUB_TYPES[textOf(button.type).toUpperCase()];
      if (subType === undefined) return [];
      const isRequired =
        subType === "copy_code" ||
        (subType === "url" && placeholdersOf(textOf(button.url)).length > 0);
      if (subType === "url" && !isRequired) return [];
      return [{ index, subType, text: textOf(button.text), isRequired }];
    }),
  };
}

export function quickRepliesOf(template: Template): { index: number; text: string }[] {
  return wantsOf(template)
    .buttons.filter((button) => button.subType === "quick_reply")
    .map(({ index, text }) => ({ index, text }));
}

/** The config for a template: what fits of the values that were there is kept. */
export function configFor(template: Template, before: Config): Config {
  const wants = wantsOf(template);
  const old = isRecord(before.body) ? Object.values(before.body) : listOf(before.body);
  const oldNamed = isRecord(before.body) ? before.body : {};
  const valueOf = (name: string, index: number) =>
    textOf(oldNamed[name]) || textOf(old[index]) || (index === 0 ? "{{ contact.name }}" : "");
  const { template: _, language: __, body: ___, header, buttons, fallback: ____, category: _____, ...rest } = before;
  const oldHeader = isRecord(header) ? header : {};
  const givenButtons = listOf(buttons).filter(isRecord);
  const kept = wants.buttons.flatMap((wanted) => {
    const given = givenButtons.find(
      (each) => each.index === wanted.index && each.sub_type === wanted.subType,
    );
    if (given !== undefined) return [given];
    return wanted.isRequired ? [{ index: wanted.index, sub_type: wanted.subType, value: "" }] : [];
  });
  const category = template.category.toLowerCase();
  return {
    ...rest,
    template: template.name,
    language: template.language,
    ...(wants.body.length > 0 && {
      body: wants.isNamed
        ? Object.fromEntries(wants.body.map((name, index) => [name, valueOf(name, index)]))
        : wants.body.map((name, index) => valueOf(name, index)),
    }),
    ...(wants.body[0] !== undefined && { fallback: { [wants.isNamed ? wants.body[0] : "1"]: "there" } }),
    ...(wants.header !== undefined && {
      header: { ...(oldHeader.kind === wants.header && oldHeader), kind: wants.header, value: textOf(oldHeader.value) },
    }),
    ...(kept.length > 0 && { buttons: kept }),
    ...(["marketing", "utility", "authentication"].includes(category) && { category }),
  };
}
