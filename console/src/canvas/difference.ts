// What two documents have not in common, by node.

import type { FlowDocument, FlowNode } from "./document";

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

function bare(node: FlowNode): string {
  return JSON.stringify({ ...node, position: undefined });
}

/** What publishing would change, by node; where a node stands does not count. */
export function difference(before: FlowDocument, after: FlowDocument): Difference {
  const old = new Map(before.nodes.map((node) => [node.id, bare(node)]));
  const now = new Set(after.nodes.map((node) => node.id));
  return {
    added: after.nodes.filter((node) => !old.has(node.id)).map((node) => node.id),
    removed: before.nodes.filter((node) => !now.has(node.id)).map((node) => node.id),
    changed: after.nodes
      .filter((node) => old.has(node.id) && old.get(node.id) !== bare(node))
      .map((node) => node.id),
  };
}

/** Both documents as one: the later one, and the nodes that it no longer has with their ways. */
export function together(before: FlowDocument, after: FlowDocument): FlowDocument {
  const now = new Set(after.nodes.map((node) => node.id));
  return { ...after, nodes: [...after.nodes, ...before.nodes.filter((node) => !now.has(node.id))] };
}
