// The clipboard: nodes as text, which can be pasted into any flow.

import type { FlowDocument, FlowNode, Position } from "./document";
import { jumpTarget, KINDS } from "./kinds";
import { freshId, type Operation } from "./model";

export interface Clip {
  readonly schema: "clarion.clip/1";
  readonly nodes: readonly FlowNode[];
}

/** What is copied: nodes without the start; ways to others are left out when they are pasted. */
export function clipOf(flow: FlowDocument, ids: ReadonlySet<string>): Clip | undefined {
  const nodes = flow.nodes.filter((node) => ids.has(node.id) && node.kind !== "start");
  return nodes.length === 0 ? undefined : { schema: "clarion.clip/1", nodes };
}

/** What was copied, from the text of a clipboard. */
export function clipFrom(text: string): Clip | undefined {
  try {
    const value = JSON.parse(text) as Partial<Clip> | null;
    const isClip = value?.schema === "clarion.clip/1" && Array.isArray(value.nodes);
    return isClip ? (value as Clip) : undefined;
  } catch {
    return undefined;
  }
}

/** Paste: new ids, ways among the pasted ones kept, a little aside of where they were. */
export function pasting(
  flow: FlowDocument,
  clip: Clip,
  offset: Position = { x: 40, y: 40 },
): { operation: Operation; ids: readonly string[] } {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const node of clip.nodes) {
    const id = freshId(flow, KINDS.get(node.kind)?.stem ?? node.id, taken);
    taken.add(id);
    ids.set(node.id, id);
  }
  const operations = clip.nodes.map((node): Operation => {
    const target = jumpTarget(node);
    return {
      op: "add_node",
      node: {
        ...node,
        id: ids.get(node.id) ?? node.id,
        exits: Object.fromEntries(
          Object.entries(node.exits ?? {}).flatMap(([exit, to]) => {
            const copy = ids.get(to);
            return copy === undefined ? [] : [[exit, copy]];
          }),
        ),
        ...(target !== undefined && {
          config: { ...node.config, target: ids.get(target) ?? target },
        }),
        position: {
          x: (node.position?.x ?? 0) + offset.x,
          y: (node.position?.y ?? 0) + offset.y,
        },
      },
    };
  });
  return { operation: { op: "all", operations }, ids: [...ids.values()] };
}
