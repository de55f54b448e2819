// A flow as a list to read: its steps in the order in which somebody comes to them.

import { type FlowDocument, type FlowNode, START_ID } from "./document";
import { exitsOf, jumpTarget } from "./kinds";
import { JUMP } from "./model";

export interface OutlineWay {
  readonly exit: string;
  /** Undefined where it leads nowhere. */
  readonly to: string | undefined;
}

export interface OutlineStep {
  readonly node: FlowNode;
  readonly number: number;
  /** Whether some way from the start leads here. */
  readonly isReached: boolean;
  readonly ways: readonly OutlineWay[];
}

/** From the start along the ways out, each step once; what nobody comes to stands at the end. */
export function outlineOf(flow: FlowDocument): OutlineStep[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const reached: FlowNode[] = [];
  const seen = new Set<string>();
  const waiting = [START_ID];
  while (waiting.length > 0) {
    const id = waiting.pop() ?? "";
    const node = nodes.get(id);
    if (node === undefined || seen.has(id)) continue;
    seen.add(id);
    reached.push(node);
    // The first way out is read next.
    waiting.push(...waysFrom(node).flatMap(({ to }) => to ?? []).toReversed());
  }
  const left = flow.nodes.filter((node) => !seen.has(node.id));
  return [...reached, ...left].map((node, index) => ({
    node,
    number: index + 1,
    isReached: seen.has(node.id),
    ways: waysFrom(node).map((way) => (nodes.has(way.to ?? "") ? way : { ...way, to: undefined })),
  }));
}

function waysFrom(node: FlowNode): OutlineWay[] {
  const ways: OutlineWay[] = exitsOf(node).map(({ name }) => ({ exit: name, to: node.exits?.[name] }));
  const target = jumpTarget(node);
  return target === undefined ? ways : [...ways, { exit: JUMP, to: target }];
}
