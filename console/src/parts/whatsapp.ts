// How WhatsApp shows what was written: marks inside a text, templates with their values filled in,
// and every kind of message as one shape of bubble.

export type Mark = "bold" | "italic" | "strike" | "mono";

export interface Span {
  text: string;
  marks: readonly Mark[];
}

const MARKED: readonly [RegExp, Mark][] = [
  [/```([\s\S]+?)```/, "mono"],
  [/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/u, "bold"],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/u, "italic"],
  [/(?<![\p{L}\p{N}~])~(?=\S)([^~\n]*[^~\s])~(?![\p{L}\p{N}~])/u, "strike"],
];

/** A text in pieces with their marks; marks may stand inside each other. */
export function spansOf(text: string, marks: readonly Mark[] = []): Span[] {
  if (text === "") return [];
  const found = MARKED.map(([pattern, mark]) => ({ match: pattern.exec(text), mark }))
    .filter(({ match, mark }) => match !== null && !marks.includes(mark))
    .toSorted((one, other) => (one.match?.index ?? 0) - (other.match?.index ?? 0))[0];
  if (found?.match === null || found === undefined || marks.includes("mono")) {
    return [{ text, marks }];
  }
  const { index } = found.match;
  const [whole, inside = ""] = found.match;
  return [
    ...spansOf(text.slice(0, index), marks),
    ...spansOf(inside, [...marks, found.mark]),
    ...spansOf(text.slice(index + whole.length), marks),
  ];
}

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;
export type Values = Readonly<Record<string, string>>;

/** The names of the placeholders of a text, each once, in their order. */
export function placeholdersOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ""))];
}

/** The text with its placeholders filled; one without a value stays as it is. */
export function filled(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => values[name] || whole);
}

const FOLD_CHARACTERS = 768;
const FOLD_LINES = 16;

/** A text as far as a phone shows it before "Read more"; the whole of a short one. */
export function foldedText(text: string): string {
  const lines = text.split("\n").slice(0, FOLD_LINES).join("\n");
  return lines.length > FOLD_CHARACTERS ? lines.slice(0, FOLD_CHARACTERS).trimEnd() : lines;
}

export type ButtonKind = "reply" | "url" | "phone" | "copy" | "flow" | "list";

export interface Bubble {
  header?: { kind: "text" | "image" | "video" | "document" | "location" | "audio"; text: string };
  body: string;
  footer?: string;
  buttons: readonly { kind: ButtonKind; text: string }[];
}

export type Component = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function kindOf(component: Component): string {
  return textOf(component.type).toUpperCase();
}

const BUTTON_KINDS: Readonly<Record<string, ButtonKind>> = {
  QUICK_REPLY: "reply",
  URL: "url",
  PHONE_NUMBER: "phone",
  COPY_CODE: "copy",
  OTP: "copy",
  FLOW: "flow",
};
const MEDIA_HEADERS = ["image", "video", "document", "location"] as const;

/** The values that the template's author gave as examples, by the part they belong to. */
export function samplesOf(components: readonly Component[]): { header: Values; body: Values } {
  const found = { header: {} as Record<string, string>, body: {} as Record<string, string> };
  for (const component of components) {
    const part = kindOf(component).toLowerCase();
    if (part !== "header" && part !== "body") continue;
    const example = recordOf(component.example);
    for (const each of listOf(example[`${part}_text_named_params`]).map(recordOf)) {
      found[part][textOf(each.param_name)] = textOf(each.example);
    }
    const given = listOf(example[`${part}_text`]);
    const row = Array.isArray(given[0]) ? given[0] : given;
    row.forEach((value: unknown, index: number) => {
      found[part][String(index + 1)] = textOf(value);
    });
  }
  return found;
}

/** A template as the bubble that a person receives. */
export function bubbleOfTemplate(
  components: readonly Component[],
  values: { header: Values; body: Values },
): Bubble {
  const bubble: Bubble = { body: "", buttons: [] };
  for (const component of components) {
    const text = textOf(component.text);
    switch (kindOf(component)) {
      case "HEADER": {
        const format = textOf(component.format).toLowerCase();
        const media = MEDIA_HEADERS.find((each) => each === format);
        bubble.header = { kind: media ?? "text", text: filled(text, values.header) };
        break;
      }
      case "BODY":
        bubble.body = filled(text, values.body);
        break;
      case "FOOTER":
        bubble.footer = text;
        break;
      case "BUTTONS":
        bubble.buttons = listOf(component.buttons).map(recordOf).map((button) => ({
          kind: BUTTON_KINDS[textOf(button.type).toUpperCase()] ?? "reply",
          text: textOf(button.text),
        }));
        break;
      default:
    }
  }
  return bubble;
}

export interface StoredContent {
  kind: string;
  body: Record<string, unknown>;
}

/** What a message holds, as the API gives it. */
export function contentOf(content: Readonly<Record<string, unknown>>): StoredContent {
  return { kind: textOf(content.kind), body: recordOf(content.body) };
}

/** The values that a template message was sent with, by the part they belong to. */
export function valuesOfMessage(body: Readonly<Record<string, unknown>>): {
  header: Values;
  body: Values;
} {
  const values = { header: {} as Record<string, string>, body: {} as Record<string, string> };
  const counts = { header: 0, body: 0 };
  for (const parameter of listOf(body.parameters).map(recordOf)) {
    const part = textOf(parameter.component);
    if (part !== "header" && part !== "body") continue;
    counts[part] += 1;
    values[part][textOf(parameter.name) || String(counts[part])] = textOf(parameter.value);
  }
  return values;
}

const MEDIA_KINDS = ["image", "video", "audio", "document"] as const;

function framed(body: Readonly<Record<string, unknown>>, button: Bubble["buttons"][number]): Bubble {
  const header = textOf(body.header);
  return {
    ...(header !== "" && { header: { kind: "text" as const, text: header } }),
    body: textOf(body.text),
    footer: textOf(body.footer) || undefined,
    buttons: button.text === "" ? [] : [button],
  };
}

const FURTHER: Readonly<Record<string, (body: Readonly<Record<string, unknown>>) => Bubble>> = {
  link: (body) => framed(body, { kind: "url", text: textOf(body.title) }),
  form: (body) => framed(body, { kind: "flow", text: textOf(body.button) }),
  typing: () => ({ body: "…", buttons: [] }),
  location: (body) => ({
    header: {
      kind: "location",
      text: textOf(body.name) || `${String(body.latitude)}, ${String(body.longitude)}`,
    },
    body: textOf(body.address),
    buttons: [],
  }),
  card: (body) => ({
    ...(textOf(body.image_link) !== "" && {
      header: { kind: "image" as const, text: textOf(body.image_link) },
    }),
    body: [`*${textOf(body.title)}*`, textOf(body.subtitle)].filter((each) => each !== "").join("\n"),
    buttons: listOf(body.buttons)
      .map(recordOf)
      .map((each) => ({
        kind: textOf(each.url) === "" ? ("reply" as const) : ("url" as const),
        text: textOf(each.title),
      })),
  }),
  viber: (body) => ({
    ...(textOf(body.image_link) !== "" && {
      header: { kind: "image" as const, text: textOf(body.image_link) },
    }),
    body: textOf(body.text),
    buttons:
      textOf(body.button_title) === "" ? [] : [{ kind: "url", text: textOf(body.button_title) }],
  }),
  email: (body) => ({
    header: { kind: "text", text: textOf(body.subject) },
    body: textOf(body.text),
    buttons: [],
  }),
};

/** Any message as a bubble; `components` are those of its template, when they are known. */
export function bubbleOf(
  { kind, body }: StoredContent,
  components?: readonly Component[],
): Bubble {
  if (kind === "template") {
    if (components !== undefined) return bubbleOfTemplate(components, valuesOfMessage(body));
    return { body: `${textOf(body.name)} (${textOf(body.language)})`, buttons: [] };
  }
  if (kind === "media") {
    const media = MEDIA_KINDS.find((each) => each === body.media) ?? "image";
    const name = textOf(body.filename) || textOf(body.link);
    return { header: { kind: media, text: name }, body: textOf(body.caption), buttons: [] };
  }
  const further = FURTHER[kind]?.(body);
  if (further !== undefined) return further;
  const header = textOf(body.header);
  const buttons = listOf(body.buttons).map(recordOf);
  return {
    ...(header !== "" && { header: { kind: "text" as const, text: header } }),
    body: textOf(body.text) || (kind === "reply" ? `[${textOf(body.kind)}]` : ""),
    footer: textOf(body.footer) || undefined,
    buttons:
      kind === "list"
        ? [{ kind: "list", text: textOf(body.button) }]
        : buttons.map((button) => ({ kind: "reply", text: textOf(button.title) })),
  };
}

/** A message in one line, for lists. */
export function lineOf(content: StoredContent, components?: readonly Component[]): string {
  const bubble = bubbleOf(content, components);
  const line = bubble.body || bubble.header?.text || `[${bubble.header?.kind ?? content.kind}]`;
  return line.replaceAll(/\s+/g, " ").trim();
}
