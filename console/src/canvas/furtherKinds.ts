// The kinds whose forms are made from the JSON Schema: branches by time, chance and delivery,
// recognisers, what changes a contact, and what asks the world outside.

import { type Config, isRecord, listOf, textOf } from "./document";
import type { Exit, Kind } from "./kinds";

const needed = (name: string): Exit => ({ name, isRequired: true });
const optional = (name: string): Exit => ({ name, isRequired: false });
const NEXT = [needed("next")];
const nothing: readonly Exit[] = [];

const branchNames = (config: Config): string[] =>
  listOf(config.branches)
    .filter(isRecord)
    .map((each) => textOf(each.exit));

const keysOf = (value: unknown): string[] => (isRecord(value) ? Object.keys(value) : []);

function stagesOf(config: Config): string[] {
  return Array.isArray(config.stages) ? config.stages.map(textOf) : ["delivered", "failed"];
}

interface Row extends Pick<Kind, "name" | "group" | "stem" | "config"> {
  through?: string;
  exits?: (config: Config) => readonly Exit[];
  lines?: (config: Config) => readonly string[];
}

function kind(row: Row): Kind {
  return {
    ...row,
    exits: row.exits ?? (() => NEXT),
    through: row.exits === undefined ? "next" : row.through,
    lines: (config) => row.lines?.(config) ?? [],
  };
}

const recognised = () => [needed("recognised"), needed("not_recognised")];

/** A kind that sends on another channel than WhatsApp. */
function sending(row: Pick<Row, "name" | "stem" | "config" | "lines">): Kind {
  return kind({
    ...row,
    group: "talk",
    exits: () => [needed("next"), optional("no_sender")],
    through: "next",
  });
}

function pageLines({ text, media, card, quick_replies }: Config): readonly string[] {
  if (isRecord(media)) return [`${textOf(media.kind) || "image"}: ${textOf(media.link)}`];
  const part = isRecord(card) ? card : {};
  const buttons = listOf(quick_replies ?? part.buttons)
    .filter(isRecord)
    .map((each) => `[ ${textOf(each.title)} ]`);
  return [textOf(text) || textOf(part.title), buttons.join(" ")];
}

export const FURTHER_KINDS: readonly Kind[] = [
  kind({
    name: "send_whatsapp_typing_indicator",
    group: "talk",
    stem: "typing",
    config: {},
  }),
  sending({
    name: "send_viber_message",
    stem: "viber",
    config: { text: "" },
    lines: (config) => [
      textOf(config.text) || textOf(config.image),
      isRecord(config.button) ? `[ ${textOf(config.button.title)} ]` : "",
    ],
  }),
  sending({
    name: "send_messenger_message",
    stem: "messenger",
    config: { text: "" },
    lines: pageLines,
  }),
  sending({
    name: "send_instagram_message",
    stem: "instagram",
    config: { text: "" },
    lines: pageLines,
  }),
  sending({
    name: "send_sms",
    stem: "sms",
    config: { text: "" },
    lines: (config) => [textOf(config.text)],
  }),
  sending({
    name: "send_email",
    stem: "letter",
    config: { subject: "", text: "" },
    lines: (config) => [textOf(config.subject), textOf(config.text)],
  }),
  kind({
    name: "date_time_branch",
    group: "think",
    stem: "time",
    config: { branches: [{ exit: "open", ranges: [{ from_time: "09:00", to_time: "17:00" }] }] },
    exits: (config) => [...branchNames(config).map(needed), optional("else")],
    through: "else",
    lines: branchNames,
  }),
  kind({
    name: "random_branch",
    group: "think",
    stem: "random",
    config: { branches: [{ exit: "a", percent: 50 }, { exit: "b", percent: 50 }] },
    exits: (config) => branchNames(config).map(needed),
    lines: (config) =>
      listOf(config.branches)
        .filter(isRecord)
        .map((each) => `${textOf(each.exit)}: ${Number(each.percent ?? 0)} %`),
  }),
  kind({
    name: "delivery_branch",
    group: "wait",
    stem: "delivery",
    config: { message: "", stages: ["delivered", "failed"], timeout: { amount: 1, unit: "hours" } },
    exits: (config) => [...stagesOf(config).map(needed), optional("timeout")],
    through: "timeout",
    lines: (config) => [textOf(config.message)],
  }),
  kind({
    name: "recognise_phone_number",
    group: "think",
    stem: "number",
    config: { input: "{{ reply.text }}" },
    exits: recognised,
    through: "recognised",
    lines: (config) => [textOf(config.input)],
  }),
  kind({
    name: "recognise_language",
    group: "think",
    stem: "language",
    config: { input: "{{ reply.text }}", save_as: "language" },
    exits: recognised,
    through: "recognised",
    lines: (config) => [textOf(config.input)],
  }),
  kind({
    name: "recognise_entities",
    group: "think",
    stem: "entities",
    config: { input: "{{ reply.text }}", save_as: "found" },
    exits: () => [needed("found"), needed("not_found")],
    through: "found",
    lines: (config) => [textOf(config.input)],
  }),
  kind({
    name: "update_contact",
    group: "other",
    stem: "contact",
    config: { attributes: {} },
    lines: (config) => [
      keysOf(config.attributes).join(", "),
      listOf(config.add_to_groups).map((each) => `+ ${textOf(each)}`).join(", "),
      listOf(config.remove_from_groups).map((each) => `− ${textOf(each)}`).join(", "),
    ],
  }),
  kind({
    name: "http_request",
    group: "other",
    stem: "request",
    config: { method: "GET", url: "https://", save: {} },
    exits: (config) => [
      needed("success"),
      ...listOf(config.statuses).map((each) => optional(`status:${Number(each)}`)),
      optional("failure"),
    ],
    through: "success",
    lines: (config) => [`${textOf(config.method) || "GET"} ${textOf(config.url)}`, keysOf(config.save).join(", ")],
  }),
  kind({
    name: "call_function",
    group: "other",
    stem: "function",
    config: { function: "", arguments: {}, save: {} },
    exits: () => [needed("success"), optional("failure")],
    through: "success",
    lines: (config) => [textOf(config.function) || textOf(config.url), keysOf(config.save).join(", ")],
  }),
  kind({
    name: "llm_dialogue",
    group: "talk",
    stem: "dialogue",
    config: { system: "", turn_limit: 10 },
    exits: (config) => {
      const intents = keysOf(config.intents);
      return [
        ...intents.map((name) => needed(`intent:${name}`)),
        { name: "limit", isRequired: intents.length === 0 },
        optional("timeout"),
        optional("failure"),
      ];
    },
    through: "limit",
    lines: (config) => [textOf(config.system)],
  }),
  kind({
    name: "wait_until",
    group: "wait",
    stem: "until",
    config: { time: "09:00" },
    lines: (config) => [
      [config.date, config.weekday, config.time].map(textOf).filter((each) => each !== "").join(" "),
    ],
  }),
  kind({
    name: "forward_to_flow",
    group: "other",
    stem: "forward",
    config: { flow: "" },
    exits: () => nothing,
    lines: (config) => [textOf(config.flow)],
  }),
  kind({
    name: "hand_over",
    group: "other",
    stem: "person",
    config: { note: "" },
    exits: () => nothing,
    lines: (config) => [textOf(config.note)],
  }),
  kind({
    name: "note",
    group: "other",
    stem: "note",
    config: { text: "" },
    exits: () => nothing,
    lines: (config) => [textOf(config.text)],
  }),
];
