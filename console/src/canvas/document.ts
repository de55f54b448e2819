// The flow file (`clarion.flow/1`) as the canvas works with it.

export interface Position {
  x: number;
  y: number;
}

export type Config = Readonly<Record<string, unknown>>;

export interface FlowNode {
  readonly id: string;
  readonly kind: string;
  readonly label?: string;
  readonly config?: Config;
  readonly exits?: Readonly<Record<string, string>>;
  readonly position?: Position | null;
}

export interface FlowInput {
  readonly name: string;
  readonly required?: boolean;
  readonly default?: string | null;
}

export interface Trigger {
  readonly kind?: string;
  readonly inputs?: readonly FlowInput[];
  /** Which messages begin the flow; none at all: any. */
  readonly conditions?: readonly Config[];
}

export interface FlowDocument {
  readonly schema: string;
  readonly name: string;
  readonly description?: string;
  readonly trigger?: Trigger;
  readonly nodes: readonly FlowNode[];
  readonly tests?: readonly unknown[];
}

export const SCHEMA = "clarion.flow/1";
export const START_ID = "start";
export const TRIGGER_KINDS = ["manual", "whatsapp", "viber", "messenger", "instagram"] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function nodeOf(value: unknown): FlowNode | undefined {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value.kind !== "string") {
    return undefined;
  }
  const exits = isRecord(value.exits)
    ? Object.fromEntries(
        Object.entries(value.exits).filter(
          (entry): entry is [string, string] => typeof entry[1] === "string",
        ),
      )
    : undefined;
  const { position, config, ...rest } = value;
  const hasPlace =
    isRecord(position) && typeof position.x === "number" && typeof position.y === "number";
  return {
    ...rest,
    id: value.id,
    kind: value.kind,
    ...(isRecord(config) && { config }),
    ...(exits !== undefined && { exits }),
    ...(hasPlace && { position: position as unknown as Position }),
  };
}

/** Whatever is stored as a draft, made fit for the canvas: what has no id or kind is left out. */
export function documentOf(value: unknown): FlowDocument {
  const given = isRecord(value) ? value : {};
  const seen = new Set<string>();
  const nodes = listOf(given.nodes)
    .map(nodeOf)
    .filter((node): node is FlowNode => {
      if (node === undefined || seen.has(node.id)) return false;
      seen.add(node.id);
      return true;
    });
  return {
    ...given,
    schema: typeof given.schema === "string" ? given.schema : SCHEMA,
    name: textOf(given.name),
    nodes,
  };
}

/** A flow that only starts and ends. */
export function blankFlow(name: string, trigger: TriggerKind): FlowDocument {
  return {
    schema: SCHEMA,
    name,
    trigger: { kind: trigger },
    nodes: [
      { id: START_ID, kind: "start", exits: {}, position: { x: 0, y: 0 } },
      { id: "end", kind: "end", position: { x: 0, y: 420 } },
    ],
  };
}
