// Two people changed one draft: what each did, and both together.
//
// Three documents are compared by node: the one that both began with, mine and theirs.  What only one
// of them changed is taken from that one.  Where both changed the same in different ways, mine stays,
// and the place is named as a clash.

import { difference } from "./difference";
import type { FlowDocument, FlowNode } from "./document";

export interface Merged {
  readonly document: FlowDocument;
  /** Ids of nodes, or names of the flow's own fields, that both changed. */
  readonly clashes: readonly string[];
}

const OWN_FIELDS = ["name", "description", "trigger", "tests"] as const;

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function bare(node: FlowNode | undefined): string | undefined {
  return node && JSON.stringify({ ...node, position: undefined });
}

function byId(flow: FlowDocument): ReadonlyMap<string, FlowNode> {
  return new Map(flow.nodes.map((node) => [node.id, node]));
}

export function merged(base: FlowDocument, mine: FlowDocument, theirs: FlowDocument): Merged {
  const clashes = new Set<string>();
  const [old, ours, others] = [byId(base), byId(mine), byId(theirs)];
  const ids = [...new Set([...theirs.nodes, ...mine.nodes].map((node) => node.id))];
  const nodes = ids.flatMap((id): FlowNode[] => {
    const [was, own, other] = [old.get(id), ours.get(id), others.get(id)];
    const isMineChanged = bare(own) !== bare(was);
    const isTheirsChanged = bare(other) !== bare(was);
    if (isMineChanged && isTheirsChanged && bare(own) !== bare(other)) clashes.add(id);
    // A clash never takes a node away that one of the two still works on.
    const taken = isMineChanged ? (own ?? (isTheirsChanged ? other : undefined)) : other;
    if (taken === undefined) return [];
    const isMoved = own !== undefined && !same(own.position, was?.position);
    return [isMoved ? { ...taken, position: own.position } : taken];
  });
  const document = withoutLooseWays({ ...theirs, ...fieldsOf(base, mine, theirs, clashes), nodes }, clashes);
  return { document, clashes: [...clashes] };
}

function fieldsOf(
  base: FlowDocument,
  mine: FlowDocument,
  theirs: FlowDocument,
  clashes: Set<string>,
): Partial<FlowDocument> {
  return Object.fromEntries(
    OWN_FIELDS.map((name) => {
      const isMineChanged = !same(mine[name], base[name]);
      const isTheirsChanged = !same(theirs[name], base[name]);
      if (isMineChanged && isTheirsChanged && !same(mine[name], theirs[name])) clashes.add(name);
      return [name, isMineChanged ? mine[name] : theirs[name]];
    }),
  );
}

/** A way to a node that the other one took away leads nowhere, and is named. */
function withoutLooseWays(flow: FlowDocument, clashes: Set<string>): FlowDocument {
  const known = new Set(flow.nodes.map((node) => node.id));
  const nodes = flow.nodes.map((node) => {
    const exits = Object.entries(node.exits ?? {});
    const kept = exits.filter(([, to]) => known.has(to));
    if (kept.length === exits.length) return node;
    clashes.add(node.id);
    return { ...node, exits: Object.fromEntries(kept) };
  });
  return { ...flow, nodes };
}

/** What somebody changed, by the labels of the nodes and the names of the flow's own fields. */
export function changedPlaces(base: FlowDocument, now: FlowDocument): readonly string[] {
  const { added, changed, removed } = difference(base, now);
  const labels = new Map([...base.nodes, ...now.nodes].map((node) => [node.id, node.label ?? node.id]));
  const fields = OWN_FIELDS.filter((name) => !same(base[name], now[name]));
  return [...added, ...changed, ...removed].map((id) => labels.get(id) ?? id).concat(fields);
}
