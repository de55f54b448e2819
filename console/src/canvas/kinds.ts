// The node kinds as the canvas shows them.  The server's table is the truth: its JSON Schema makes
// the forms and its check the problems.  Here is only what must be drawn while somebody types: the
// ways out, a first config, and a few words about the content.

import {
  type Config,
  type FlowNode,
  isRecord,
  listOf,
  textOf,
} from "./document";
import { FURTHER_KINDS } from "./furtherKinds";

export interface Exit {
  readonly name: string;
  readonly isRequired: boolean;
}

export interface Kind {
  readonly name: string;
  readonly group: "talk" | "wait" | "think" | "other";
  /** A new node's id begins with it. */
  readonly stem: string;
  readonly config: Config | undefined;
  readonly exits: (config: Config) => readonly Exit[];
  /** The way that an inserted node passes on by. */
  readonly through: string | undefined;
  /** The lines on the card. */
  readonly lines: (config: Config, say: Say) => readonly string[];
}

/** The words that the lines of a card need, in the language of the console. */
export interface Say {
  readonly duration: (amount: number, unit: string) => string;
  readonly operator: (name: string) => string;
  readonly and: string;
  readonly or: string;
  readonly not: string;
}

const PLAIN: Say = {
  duration: (amount, unit) => `${amount} ${unit}`,
  operator: (name) => name,
  and: "and",
  or: "or",
  not: "not",
};

const NEXT: readonly Exit[] = [{ name: "next", isRequired: true }];
const nextOnly = () => NEXT;
const noLines = () => [];

export function buttonIdOf(button: unknown): string {
  return isRecord(button) ? textOf(button.id) : textOf(button);
}

function durationOf(value: unknown, say: Say): string {
  if (!isRecord(value) || typeof value.amount !== "number") return "";
  return say.duration(value.amount, textOf(value.unit) || "seconds");
}

function ruleLine(rule: unknown, say: Say): string {
  if (!isRecord(rule)) return "";
  if (Array.isArray(rule.rules)) return `(${groupLine(rule, say)})`;
  const not = rule.is_negated === true ? `${say.not} ` : "";
  return `${textOf(rule.variable)} ${not}${say.operator(textOf(rule.operator))} ${textOf(rule.value)}`.trim();
}

function groupLine(group: Config, say: Say): string {
  return listOf(group.rules)
    .map((rule) => ruleLine(rule, say))
    .join(group.match === "any" ? ` ${say.or} ` : ` ${say.and} `);
}

function messageLines(config: Config): readonly string[] {
  const { text, media, list, link, location, form } = config;
  if (isRecord(text)) {
    const buttons = listOf(text.buttons).map((each) => (isRecord(each) ? textOf(each.title) : ""));
    return [textOf(text.body), buttons.length > 0 ? `[ ${buttons.join(" ] [ ")} ]` : ""];
  }
  if (isRecord(media)) {
    const source = textOf(media.caption) || textOf(media.link) || textOf(media.media_id);
    return [`${textOf(media.kind)}: ${source}`];
  }
  if (isRecord(list)) return [textOf(list.body), `[ ${textOf(list.button)} ]`];
  if (isRecord(link)) return [textOf(link.body), `[ ${textOf(link.title)} ]`];
  if (isRecord(location)) {
    const place = [location.name, location.address].map(textOf).filter((each) => each !== "");
    return [place.join(", ") || `${String(location.latitude)}, ${String(location.longitude)}`];
  }
  if (isRecord(form)) return [textOf(form.body), `[ ${textOf(form.button)} ]`];
  if (isRecord(config.location_request)) return [textOf(config.location_request.body)];
  return [];
}

const KIND_LIST: readonly Kind[] = [
  {
    name: "start",
    group: "other",
    stem: "start",
    config: undefined,
    exits: nextOnly,
    through: "next",
    lines: noLines,
  },
  {
    name: "send_whatsapp_template",
    group: "talk",
    stem: "template",
    config: { template: "", language: "" },
    exits: nextOnly,
    through: "next",
    lines: (config) => {
      const body = isRecord(config.body) ? Object.values(config.body) : listOf(config.body);
      const name = textOf(config.template);
      return [name === "" ? "" : `${name} (${textOf(config.language)})`, body.map(textOf).join(" · ")];
    },
  },
  {
    name: "send_whatsapp_message",
    group: "talk",
    stem: "message",
    config: { text: { body: "" } },
    exits: nextOnly,
    through: "next",
    lines: messageLines,
  },
  {
    name: "wait_for_reply",
    group: "wait",
    stem: "answer",
    config: { timeout: { amount: 24, unit: "hours" } },
    exits: (config) => {
      const buttons = listOf(config.buttons).map(buttonIdOf);
      return [
        ...buttons.map((id) => ({ name: `button:${id}`, isRequired: true })),
        { name: "other", isRequired: buttons.length === 0 },
        ...(isRecord(config.expect) ? [{ name: "invalid", isRequired: false }] : []),
        { name: "timeout", isRequired: false },
        ...((textOf(config.channel) || "whatsapp") === "whatsapp"
          ? []
          : [{ name: "no_sender", isRequired: false }]),
      ];
    },
    through: "other",
    lines: (config, say) => [
      [durationOf(config.timeout, say) || say.duration(24, "hours"), textOf(config.channel)]
        .filter((each) => each !== "")
        .join(" · "),
      textOf(config.save_as) === "" ? "" : `→ ${textOf(config.save_as)}`,
    ],
  },
  {
    name: "branch",
    group: "think",
    stem: "branch",
    config: {
      branches: [
        { exit: "yes", match: "all", rules: [{ variable: "", operator: "stringEquals", value: "" }] },
      ],
    },
    exits: (config) => [
      ...listOf(config.branches).map((each) => ({
        name: isRecord(each) ? textOf(each.exit) : "",
        isRequired: true,
      })),
      { name: "else", isRequired: false },
    ],
    through: "else",
    lines: (config, say) =>
      listOf(config.branches)
        .filter(isRecord)
        .map((each) => `${textOf(each.exit)}: ${groupLine(each, say)}`),
  },
  {
    name: "set_variables",
    group: "think",
    stem: "variables",
    config: { variables: {} },
    exits: nextOnly,
    through: "next",
    lines: (config) =>
      isRecord(config.variables)
        ? Object.entries(config.variables).map(([name, value]) => `${name} = ${textOf(value)}`)
        : [],
  },
  {
    name: "wait",
    group: "wait",
    stem: "wait",
    config: { amount: 1, unit: "hours" },
    exits: nextOnly,
    through: "next",
    lines: (config, say) => [durationOf(config, say)],
  },
  {
    name: "jump",
    group: "think",
    stem: "jump",
    config: { target: "", max_jumps: 1 },
    exits: nextOnly,
    through: "next",
    lines: (config) => [
      textOf(config.target) === "" ? "" : `→ ${textOf(config.target)} (≤ ${textOf(config.max_jumps) || "1"})`,
    ],
  },
  {
    name: "end",
    group: "other",
    stem: "end",
    config: undefined,
    exits: () => [],
    through: undefined,
    lines: noLines,
  },
];

const ALL_KINDS: readonly Kind[] = [...KIND_LIST, ...FURTHER_KINDS];

export const KINDS: ReadonlyMap<string, Kind> = new Map(ALL_KINDS.map((kind) => [kind.name, kind]));

/** What can be added; a flow has its start already. */
export const ADDABLE: readonly Kind[] = ALL_KINDS.filter((kind) => kind.name !== "start");

/** The ways out of a node, those of its config first, then connected ones that it no longer has. */
export function exitsOf(node: FlowNode): readonly Exit[] {
  const known = KINDS.get(node.kind)?.exits(node.config ?? {}) ?? [];
  const unique = known.filter(
    (exit, index) => known.findIndex((each) => each.name === exit.name) === index,
  );
  const names = new Set(unique.map((exit) => exit.name));
  const left = Object.keys(node.exits ?? {}).filter((name) => !names.has(name));
  return [...unique, ...left.map((name) => ({ name, isRequired: false }))];
}

const MOST_LINES = 3;

/** At most three lines about what a node does. */
export function linesOf(node: FlowNode, say: Say = PLAIN): readonly string[] {
  const lines = KINDS.get(node.kind)?.lines(node.config ?? {}, say) ?? [];
  return lines
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "")
    .slice(0, MOST_LINES);
}

/** An exit in few words: what stands on its handle. */
export function exitWord(node: FlowNode, exit: string): string {
  if (!exit.startsWith("button:")) return exit;
  const id = exit.slice("button:".length);
  const button = listOf(node.config?.buttons).find((each) => buttonIdOf(each) === id);
  return (isRecord(button) && textOf(button.title)) || id;
}

/** Where a jump leads besides its exit. */
export function jumpTarget(node: FlowNode): string | undefined {
  const target = node.kind === "jump" ? textOf(node.config?.target) : "";
  return target === "" ? undefined : target;
}
