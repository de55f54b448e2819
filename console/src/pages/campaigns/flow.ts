// What the preview needs of a flow file.

export interface FlowNode {
  id: string;
  kind: string;
  label?: string;
  config?: Record<string, unknown>;
  exits?: Record<string, string>;
}

export interface FlowInput {
  name: string;
  required?: boolean;
  default?: unknown;
}

export interface FlowDefinition {
  name: string;
  trigger: { kind: string; inputs?: FlowInput[] };
  nodes: FlowNode[];
}

/** The nodes as somebody walks through them: from the start along the exits, strays last. */
export function inWalkingOrder(definition: FlowDefinition): FlowNode[] {
  const byId = new Map(definition.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const waiting = ["start"];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    const node = byId.get(id);
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    waiting.push(...Object.values(node.exits ?? {}));
  }
  const reached = [...seen].flatMap((id) => byId.get(id) ?? []);
  return [...reached, ...definition.nodes.filter((node) => !seen.has(node.id))];
}

/** What a node says or does, in short. */
export function textOfNode(node: FlowNode): string {
  const config = node.config ?? {};
  if (typeof config.template === "string") {
    return typeof config.language === "string"
      ? `${config.template} (${config.language})`
      : config.template;
  }
  const text = config.text;
  if (typeof text === "object" && text !== null && "body" in text) return String(text.body);
  const timeout = config.timeout ?? config.delay;
  if (typeof timeout === "object" && timeout !== null && "amount" in timeout) {
    return `${String(timeout.amount)} ${"unit" in timeout ? String(timeout.unit) : ""}`;
  }
  return "";
}
