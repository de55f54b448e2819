// Where nodes stand: how large a card is, whether cards lie on each other, and tidying up by dagre.

import { graphlib, layout } from "@dagrejs/dagre";
import type { FlowDocument, FlowNode, Position } from "./document";
import { exitsOf, linesOf } from "./kinds";
import { JUMP, type Way, waysOf } from "./model";

const HEAD = 38;
const LINE = 19;
const PADDING = 12;
const EXITS = 30;
const WIDTH = 244;
const EXIT_WIDTH = 92;
const NUMBERS = 26;

export interface Size {
  width: number;
  height: number;
}

/** How large the card of a node is; `canvas.css` has the same numbers. */
export function sizeOf(node: FlowNode, hasNumbers = false): Size {
  const lineCount = linesOf(node).length;
  const exitCount = exitsOf(node).length + (node.kind === "jump" ? 1 : 0);
  return {
    width: Math.max(WIDTH, exitCount * EXIT_WIDTH),
    height:
      HEAD +
      (lineCount === 0 ? 0 : lineCount * LINE + PADDING) +
      (exitCount > 1 ? EXITS : exitCount === 1 ? 8 : 0) +
      (hasNumbers ? NUMBERS : 0),
  };
}

export interface Layout {
  positions: Record<string, Position>;
  /** Where ways that pass other rows go, by the id of the way. */
  routes: ReadonlyMap<string, readonly Position[]>;
}

/** A tidy flow: from the top down, in the order of the exits, with room for long ways. */
export function laidOut(flow: FlowDocument, hasNumbers = false): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 48, ranksep: 64, edgesep: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of flow.nodes) graph.setNode(node.id, { ...sizeOf(node, hasNumbers) });
  // A jump mostly leads back; it must not pull its target below itself.
  const ways = waysOf(flow).filter((way) => way.exit !== JUMP);
  for (const way of ways) graph.setEdge(way.from, way.to, {}, way.exit);
  layout(graph);
  const start = graph.node(flow.nodes[0]?.id ?? "") as { x: number } | undefined;
  const routeOf = (way: Way) =>
    (graph.edge({ v: way.from, w: way.to, name: way.exit }) as { points: Position[] }).points;
  // The layout does not know that exits stand in an order: its mirror image may cross less.
  const side = crossings(ways, (way) => routeOf(way)[1]?.x ?? 0) > 0 ? -1 : 1;
  const left = side * (start?.x ?? 0) - WIDTH / 2;
  const positions = Object.fromEntries(
    flow.nodes.map((node) => {
      const { width, height } = sizeOf(node, hasNumbers);
      const { x, y } = graph.node(node.id) as { x: number; y: number };
      return [node.id, { x: Math.round(side * x - width / 2 - left), y: Math.round(y - height / 2) }];
    }),
  );
  const routes = new Map(
    ways.map((way) => {
      // The first and the last lie on the cards; between them are the rows that are passed.
      const passed = routeOf(way)
        .slice(1, -1)
        .map(({ x, y }) => ({ x: side * x - left, y }));
      return [way.id, passed.filter((_, index) => index % 2 === 1)];
    }),
  );
  return { positions, routes };
}

/** How many more neighbouring exits lead across each other than apart. */
function crossings(ways: readonly Way[], xOf: (way: Way) => number): number {
  return ways.reduce((count, way, index) => {
    const next = ways[index + 1];
    return next?.from === way.from ? count + Math.sign(xOf(way) - xOf(next)) : count;
  }, 0);
}

export function tidy(flow: FlowDocument, hasNumbers = false): Record<string, Position> {
  return laidOut(flow, hasNumbers).positions;
}

const MOST_ROUTED_NODES = 150;

/** The routes of ways whose both ends stand where a tidy layout puts them. */
export function routesOf(flow: FlowDocument, hasNumbers = false): Layout["routes"] {
  if (flow.nodes.length > MOST_ROUTED_NODES) return new Map();
  const { positions, routes } = laidOut(flow, hasNumbers);
  const inPlace = new Set(
    flow.nodes
      .filter(({ id, position }) => position?.x === positions[id]?.x && position?.y === positions[id]?.y)
      .map(({ id }) => id),
  );
  const ends = new Map(waysOf(flow).map((way) => [way.id, way]));
  return new Map(
    [...routes].filter(([id]) => {
      const way = ends.get(id);
      return way !== undefined && inPlace.has(way.from) && inPlace.has(way.to);
    }),
  );
}

const ROW_HALF = 44;

/** A curve from one point to another, upright at both, past the given points. */
export function curve(from: Position, passed: readonly Position[], to: Position): string {
  const points = [
    from,
    ...passed.flatMap(({ x, y }) => [
      { x, y: y - ROW_HALF },
      { x, y: y + ROW_HALF },
    ]),
    to,
  ];
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1];
      if (before === undefined) return `M ${x} ${y}`;
      const middle = (before.y + y) / 2;
      return before.x === x ? `L ${x} ${y}` : `C ${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join(" ");
}

/** Whether a flow has to be tidied before it can be read: no places, or cards on each other. */
export function isCrowded(flow: FlowDocument, hasNumbers = false): boolean {
  const boxes = flow.nodes.map((node) => ({ at: node.position, ...sizeOf(node, hasNumbers) }));
  return boxes.some(
    (one, index) =>
      one.at === undefined ||
      one.at === null ||
      boxes.slice(index + 1).some(
        (other) =>
          one.at !== undefined &&
          one.at !== null &&
          other.at !== undefined &&
          other.at !== null &&
          one.at.x < other.at.x + other.width &&
          other.at.x < one.at.x + one.width &&
          one.at.y < other.at.y + other.height + 8 &&
          other.at.y < one.at.y + one.height + 8,
      ),
  );
}

/** The flow as it can be read. */
export function arranged(flow: FlowDocument, hasNumbers = false): FlowDocument {
  if (!isCrowded(flow, hasNumbers)) return flow;
  const positions = tidy(flow, hasNumbers);
  return {
    ...flow,
    nodes: flow.nodes.map((node) => ({ ...node, position: positions[node.id] ?? { x: 0, y: 0 } })),
  };
}
