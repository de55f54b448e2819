// What can be done to a flow on the canvas: operations on the document.
//
// An operation is data, and applying it is pure: the same document and operation always give the
// same document, and an operation that fits nothing changes nothing.

import { type Config, type FlowDocument, type FlowNode, type Position, START_ID } from "./document";
import { exitsOf, jumpTarget, KINDS } from "./kinds";

export type Operation =
  | { op: "add_node"; node: FlowNode }
  | { op: "remove"; ids: readonly string[] }
  | { op: "connect"; from: string; exit: string; to: string }
  | { op: "disconnect"; from: string; exit: string }
  /** `exits` renames ways out together with the config that named them. */
  | {
      op: "set";
      id: string;
      label?: string;
      config?: Config;
      exits?: Readonly<Record<string, string>>;
    }
  | { op: "move"; positions: Readonly<Record<string, Position>> }
  | { op: "rename"; id: string; to: string }
  | { op: "set_flow"; changes: Partial<Pick<FlowDocument, "name" | "description" | "trigger" | "tests">> }
  /** Another document takes its place: what somebody else saved, or both together. */
  | { op: "replace"; document: FlowDocument }
  /** All of them as one step of undo. */
  | { op: "all"; operations: readonly Operation[] };

type Apply<Name> = (
  flow: FlowDocument,
  operation: Extract<Operation, { op: Name }>,
) => FlowDocument;

function withNode(
  flow: FlowDocument,
  id: string,
  change: (node: FlowNode) => FlowNode,
): FlowDocument {
  let isChanged = false;
  const nodes = flow.nodes.map((node) => {
    if (node.id !== id) return node;
    const changed = change(node);
    isChanged ||= changed !== node;
    return changed;
  });
  return isChanged ? { ...flow, nodes } : flow;
}

function withoutKey<Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function isKnown(flow: FlowDocument, id: string): boolean {
  return flow.nodes.some((node) => node.id === id);
}

const addNode: Apply<"add_node"> = (flow, { node }) =>
  isKnown(flow, node.id) ? flow : { ...flow, nodes: [...flow.nodes, node] };

const remove: Apply<"remove"> = (flow, { ids }) => {
  const gone = new Set(ids.filter((id) => id !== START_ID && isKnown(flow, id)));
  if (gone.size === 0) return flow;
  const nodes = flow.nodes
    .filter((node) => !gone.has(node.id))
    .map((node) => {
      const exits = Object.entries(node.exits ?? {});
      const kept = exits.filter(([, target]) => !gone.has(target));
      return kept.length === exits.length ? node : { ...node, exits: Object.fromEntries(kept) };
    });
  return { ...flow, nodes };
};

const connect: Apply<"connect"> = (flow, { from, exit, to }) => {
  if (!isKnown(flow, to) || to === START_ID) return flow;
  return withNode(flow, from, (node) => {
    if (exit === JUMP) return { ...node, config: { ...node.config, target: to } };
    if (node.exits?.[exit] === to) return node;
    return { ...node, exits: { ...node.exits, [exit]: to } };
  });
};

const disconnect: Apply<"disconnect"> = (flow, { from, exit }) =>
  withNode(flow, from, (node) => {
    if (exit === JUMP) return { ...node, config: { ...node.config, target: "" } };
    if (node.exits?.[exit] === undefined) return node;
    return { ...node, exits: withoutKey(node.exits, exit) };
  });

const set: Apply<"set"> = (flow, operation) =>
  withNode(flow, operation.id, (node) => {
    const { label, config, exits: renames } = operation;
    let changed = node;
    if (label !== undefined) {
      const { label: _, ...rest } = node;
      changed = label === "" ? rest : { ...node, label };
    }
    if (config === undefined) return changed;
    changed = { ...changed, config };
    if (changed.exits === undefined) return changed;
    const names = new Set(
      KINDS.get(node.kind)?.exits(config).map((exit) => exit.name) ?? Object.keys(changed.exits),
    );
    const exits = Object.entries(changed.exits)
      .map(([name, target]) => [renames?.[name] ?? name, target] as const)
      .filter(([name]) => names.has(name));
    return { ...changed, exits: Object.fromEntries(exits) };
  });

const move: Apply<"move"> = (flow, { positions }) => {
  const nodes = flow.nodes.map((node) => {
    const position = positions[node.id];
    return position === undefined
      ? node
      : { ...node, position: { x: Math.round(position.x), y: Math.round(position.y) } };
  });
  return nodes.some((node, index) => node !== flow.nodes[index]) ? { ...flow, nodes } : flow;
};

const rename: Apply<"rename"> = (flow, { id, to }) => {
  if (id === START_ID || to === "" || !isKnown(flow, id) || isKnown(flow, to)) return flow;
  const nodes = flow.nodes.map((node) => ({
    ...node,
    ...(node.id === id && { id: to }),
    ...(node.exits !== undefined && {
      exits: Object.fromEntries(
        Object.entries(node.exits).map(([exit, target]) => [exit, target === id ? to : target]),
      ),
    }),
    ...(jumpTarget(node) === id && { config: { ...node.config, target: to } }),
  }));
  return { ...flow, nodes };
};

const setFlow: Apply<"set_flow"> = (flow, { changes }) => ({ ...flow, ...changes });

const replace: Apply<"replace"> = (_, { document }) => document;

const all: Apply<"all"> = (flow, { operations }) => operations.reduce(apply, flow);

const APPLY: { [Name in Operation["op"]]: Apply<Name> } = {
  add_node: addNode,
  remove,
  connect,
  disconnect,
  set,
  move,
  rename,
  set_flow: setFlow,
  replace,
  all,
};

/** The way of a jump that is no exit: it stands in its config. */
export const JUMP = "jump→";

/** The document after an operation; the same object when nothing changed. */
export function apply(flow: FlowDocument, operation: Operation): FlowDocument {
  return (APPLY[operation.op] as Apply<Operation["op"]>)(flow, operation);
}

// Making operations --------------------------------------------------------------------------------

/** An id that no node has: the stem, or the stem and a number. */
export function freshId(flow: FlowDocument, stem: string, taken: ReadonlySet<string> = new Set()): string {
  const known = new Set([...flow.nodes.map((node) => node.id), ...taken]);
  if (!known.has(stem)) return stem;
  let number = 2;
  while (known.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

export interface Place {
  position: Position;
  /** Connect this way out to the new node; what it led to comes after the new node. */
  from?: { id: string; exit: string };
}

/** Add a node of a kind, perhaps into a way; gives the operation and the new id. */
export function addition(
  flow: FlowDocument,
  kindName: string,
  { position, from }: Place,
): { operation: Operation; id: string } {
  const kind = KINDS.get(kindName);
  const id = freshId(flow, kind?.stem ?? kindName);
  const node: FlowNode = {
    id,
    kind: kindName,
    ...(kind?.config !== undefined && { config: kind.config }),
    exits: {},
    position: { x: Math.round(position.x), y: Math.round(position.y) },
  };
  const operations: Operation[] = [{ op: "add_node", node }];
  if (from !== undefined) {
    const source = flow.nodes.find((each) => each.id === from.id);
    const target = source?.exits?.[from.exit];
    operations.push({ op: "connect", from: from.id, exit: from.exit, to: id });
    if (target !== undefined && kind?.through !== undefined) {
      operations.push({ op: "connect", from: id, exit: kind.through, to: target });
    }
  }
  return { operation: { op: "all", operations }, id };
}

/** Take nodes away; a single node in the middle of one way is bridged. */
export function removal(flow: FlowDocument, ids: readonly string[]): Operation {
  const [id] = ids;
  const node = flow.nodes.find((each) => each.id === id);
  const after = [...new Set(Object.values(node?.exits ?? {}))];
  const next = after[0];
  if (ids.length !== 1 || node === undefined || after.length !== 1 || next === undefined || next === id) {
    return { op: "remove", ids };
  }
  const bridges = flow.nodes.flatMap((each) =>
    Object.entries(each.exits ?? {})
      .filter(([, target]) => target === id && each.id !== id)
      .map(([exit]): Operation => ({ op: "connect", from: each.id, exit, to: next })),
  );
  return { op: "all", operations: [...bridges, { op: "remove", ids }] };
}

// Looking ------------------------------------------------------------------------------------------

export interface Way {
  readonly id: string;
  readonly from: string;
  readonly exit: string;
  readonly to: string;
}

export function wayId(from: string, exit: string): string {
  return `${from}/${exit}`;
}

/** Every connection, jumps too; ways to nodes that are not there are left out. */
export function waysOf(flow: FlowDocument): Way[] {
  const known = new Set(flow.nodes.map((node) => node.id));
  return flow.nodes.flatMap((node) => {
    const target = jumpTarget(node);
    const ways = exitsOf(node).flatMap(({ name }) => {
      const to = node.exits?.[name];
      return to === undefined ? [] : [{ id: wayId(node.id, name), from: node.id, exit: name, to }];
    });
    if (target !== undefined) {
      ways.push({ id: wayId(node.id, JUMP), from: node.id, exit: JUMP, to: target });
    }
    return ways.filter((way) => known.has(way.to));
  });
}

/** Nodes in whose id, label or content the words stand. */
export function found(flow: FlowDocument, words: string): FlowNode[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [...flow.nodes];
  return flow.nodes.filter((node) =>
    `${node.id} ${node.kind} ${node.label ?? ""} ${JSON.stringify(node.config ?? {})}`
      .toLowerCase()
      .includes(wanted),
  );
}
