// The canvas: draws a document, and turns what hands do into operations.

import "@xyflow/react/dist/style.css";
import "./canvas.css";
import {
  Background,
  type Connection,
  Controls,
  type FinalConnectionState,
  MarkerType,
  MiniMap,
  type NodeChange,
  type EdgeChange,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
} from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useScheme } from "../app/preferences";
import type { FlowDocument, FlowNode, Position } from "./document";
import { exitWord, KINDS } from "./kinds";
import { routesOf, sizeOf } from "./layout";
import { JUMP, type Operation, type Place, waysOf } from "./model";
import { type CardData, type CardNode, type Mark, NodeCard, type NodeCounts } from "./NodeCard";
import { type FlowProblem, useSettled, worstOf } from "./problems";
import type { WayTraffic } from "./traffic";
import { type WayEdge, WayLine } from "./WayLine";

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { way: WayLine };
const NOTHING: readonly FlowProblem[] = [];
const NO_NODES: ReadonlySet<string> = new Set();
const MINI_MAP_FROM_HEIGHT = 520;
const NO_TRAFFIC: WayTraffic = { words: "", weight: 0 };
const GAP = 64;
const ROUTES_PAUSE_MILLISECONDS = 120;
const LEAST_READABLE_ZOOM = 0.7;

export interface Lit {
  nodes: ReadonlySet<string>;
  ways: ReadonlySet<string>;
  here: string | undefined;
}

export interface CanvasProps {
  flow: FlowDocument;
  label: string;
  isReadOnly?: boolean;
  problems?: readonly FlowProblem[];
  selection?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  edit?: (operation: Operation) => void;
  /** Somebody wants a new node here. */
  onAdd?: (place: Place) => void;
  lit?: Lit;
  /** Words about some nodes. */
  marks?: ReadonlyMap<string, Mark>;
  counts?: ReadonlyMap<string, NodeCounts>;
  /** What is written on the ways, and how thick they are. */
  traffic?: ReadonlyMap<string, WayTraffic>;
  onReady?: (instance: CanvasInstance) => void;
}

export type CanvasInstance = ReactFlowInstance<CardNode, WayEdge>;

export function FlowCanvas(props: CanvasProps) {
  const { t } = useTranslation("canvas");
  const scheme = useScheme();
  const { flow, edit, onAdd, onSelect, lit, marks, counts, traffic } = props;
  const isReadOnly = props.isReadOnly ?? false;
  const selection = props.selection ?? NO_NODES;
  const hasCounts = counts !== undefined;
  const problems = props.problems ?? NOTHING;
  const [dragged, setDragged] = useState<Readonly<Record<string, Position>>>({});
  const [selectedWays, setSelectedWays] = useState<ReadonlySet<string>>(NO_NODES);
  const frame = useRef<HTMLDivElement>(null);
  const instance = useRef<CanvasInstance>(undefined);
  const [isTall, setIsTall] = useState(false);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setIsTall(element.clientHeight >= MINI_MAP_FROM_HEIGHT));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const worst = useMemo(() => worstOf(problems), [problems]);
  const data = useMemo(() => {
    const made = new Map<string, CardData>();
    for (const node of flow.nodes) {
      made.set(node.id, {
        node,
        problem: worst.get(node.id),
        counts: counts?.get(node.id),
        hasCounts,
        isLit: lit?.nodes.has(node.id) ?? false,
        isHere: lit?.here === node.id,
        mark: marks?.get(node.id),
        isReadOnly: isReadOnly || edit === undefined,
        onAdd: (exit) => onAdd?.(placeAfter(node, exit)),
      });
    }
    return made;
  }, [flow.nodes, worst, counts, hasCounts, lit, marks, isReadOnly, edit, onAdd]);

  const nodes = useMemo(
    () =>
      flow.nodes.map((node): CardNode => {
        const size = sizeOf(node, hasCounts);
        const kind = KINDS.has(node.kind) ? t(`kinds.${node.kind}.title`) : node.kind;
        return {
          id: node.id,
          type: "card",
          position: dragged[node.id] ?? node.position ?? { x: 0, y: 0 },
          data: data.get(node.id) as CardData,
          selected: selection.has(node.id),
          width: size.width,
          height: size.height,
          ariaLabel: [
            node.label === undefined ? kind : `${kind}: ${node.label}`,
            marks?.get(node.id)?.words,
          ]
            .filter(Boolean)
            .join(", "),
        };
      }),
    [flow.nodes, dragged, data, selection, hasCounts, marks, t],
  );

  const settled = useSettled(flow, ROUTES_PAUSE_MILLISECONDS);
  const routes = useMemo(() => routesOf(settled, hasCounts), [settled, hasCounts]);
  const ways = useMemo(
    () =>
      waysOf(flow).map((way): WayEdge => {
        const source = flow.nodes.find((each) => each.id === way.from);
        const isJump = way.exit === JUMP;
        const isLit = lit?.ways.has(way.id) ?? false;
        const exit = source === undefined || isJump ? t("jump.word") : exitWord(source, way.exit);
        const words = `${way.from} – ${exit} → ${way.to}`;
        return {
          id: way.id,
          type: "way",
          source: way.from,
          sourceHandle: way.exit,
          target: way.to,
          selected: selectedWays.has(way.id),
          ariaLabel: words,
          markerEnd: {
            type: MarkerType.ArrowClosed,
            markerUnits: "userSpaceOnUse",
            width: 24,
            height: 24,
            color: isLit ? "var(--ok)" : "var(--way)",
          },
          zIndex: isLit ? 1 : 0,
          data: {
            isLit,
            isJump,
            route: settled === flow && dragged[way.from] === undefined && dragged[way.to] === undefined
              ? routes.get(way.id)
              : undefined,
            words,
            traffic: traffic === undefined ? undefined : (traffic.get(way.id) ?? NO_TRAFFIC),
            onInsert:
              isReadOnly || edit === undefined || isJump
                ? undefined
                : () => source !== undefined && onAdd?.(placeAfter(source, way.exit)),
          },
        };
      }),
    [flow, settled, routes, dragged, lit, traffic, selectedWays, isReadOnly, edit, onAdd, t],
  );

  function onNodesChange(changes: NodeChange<CardNode>[]): void {
    const moved: Record<string, Position> = {};
    let chosen: Set<string> | undefined;
    for (const change of changes) {
      if (change.type === "position" && change.position !== undefined) {
        moved[change.id] = change.position;
      } else if (change.type === "select") {
        chosen ??= new Set(selection);
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
      }
    }
    if (chosen !== undefined) onSelect?.(chosen);
    if (Object.keys(moved).length > 0 && !isReadOnly) {
      const isDragging = changes.some((each) => each.type === "position" && each.dragging === true);
      if (isDragging) setDragged((old) => ({ ...old, ...moved }));
      else {
        // The end of a drag, or a step by the arrow keys.
        edit?.({ op: "move", positions: { ...dragged, ...moved } });
        setDragged({});
      }
    }
  }

  function onEdgesChange(changes: EdgeChange<WayEdge>[]): void {
    const next = new Set(selectedWays);
    for (const change of changes) {
      if (change.type !== "select") continue;
      if (change.selected) next.add(change.id);
      else next.delete(change.id);
    }
    setSelectedWays(next);
  }

  function onConnect({ source, sourceHandle, target }: Connection): void {
    if (sourceHandle !== null) edit?.({ op: "connect", from: source, exit: sourceHandle, to: target });
  }

  /** A way that is dropped on the empty canvas asks for a new node there. */
  function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
    if (state.isValid === true || state.toNode !== null || state.fromNode === null) return;
    const exit = state.fromHandle?.id;
    if (state.fromHandle?.type !== "source" || !exit || exit === JUMP) return;
    const at = "changedTouches" in event ? event.changedTouches[0] : event;
    if (at === undefined) return;
    const position = instance.current?.screenToFlowPosition({ x: at.clientX, y: at.clientY });
    if (position !== undefined) onAdd?.({ position, from: { id: state.fromNode.id, exit } });
  }

  /** A flow too large to be read as a whole is shown from its beginning. */
  function lookAtStart(made: CanvasInstance): void {
    const start = flow.nodes.find((node) => node.kind === "start") ?? flow.nodes[0];
    const width = frame.current?.clientWidth ?? 0;
    if (start === undefined || width === 0) return;
    const { x, y } = start.position ?? { x: 0, y: 0 };
    const zoom = LEAST_READABLE_ZOOM + 0.1;
    void made.setViewport({
      x: width / 2 - (x + sizeOf(start).width / 2) * zoom,
      y: 28 - y * zoom,
      zoom,
    });
  }

  function removeWays(): boolean {
    const gone = ways.filter((way) => selectedWays.has(way.id));
    if (gone.length === 0) return false;
    edit?.({
      op: "all",
      operations: gone.map((way) => ({
        op: "disconnect",
        from: way.source,
        exit: way.sourceHandle ?? "",
      })),
    });
    setSelectedWays(NO_NODES);
    return true;
  }

  return (
    <div
      ref={frame}
      className={isReadOnly ? "canvas is-read-only" : "canvas"}
      onDoubleClick={(event) => {
        const isPane = (event.target as HTMLElement).classList.contains("react-flow__pane");
        const position = instance.current?.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        if (isPane && position !== undefined) onAdd?.({ position });
      }}
      onKeyDownCapture={(event) => {
        if ((event.key !== "Delete" && event.key !== "Backspace") || isReadOnly) return;
        if (!isTyping(event.target) && removeWays()) event.stopPropagation();
      }}
    >
      <ReactFlow<CardNode, WayEdge>
        aria-label={props.label}
        nodes={nodes}
        edges={ways}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        isValidConnection={({ source, target }) => source !== target}
        onInit={(made) => {
          instance.current = made;
          if (made.getZoom() < LEAST_READABLE_ZOOM) lookAtStart(made);
          props.onReady?.(made);
        }}
        colorMode={scheme}
        nodesDraggable={!isReadOnly}
        nodesConnectable={!isReadOnly}
        elementsSelectable
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control"]}
        selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={[8, 8]}
        minZoom={0.15}
        maxZoom={1.6}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} position="bottom-left" aria-label={t("controls")} />
        {isTall && flow.nodes.length > 5 && (
          <MiniMap pannable zoomable ariaLabel={t("miniMap")} nodeColor="var(--way)" nodeStrokeWidth={0} />
        )}
      </ReactFlow>
    </div>
  );
}

/** A place below a node, on one of its ways out. */
export function placeAfter(node: FlowNode, exit: string): Place {
  const { x, y } = node.position ?? { x: 0, y: 0 };
  return { position: { x, y: y + sizeOf(node).height + GAP }, from: { id: node.id, exit } };
}

/** Whether keys belong to a field and not to the canvas. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest("input, textarea, select, [contenteditable=true], .ant-select, .ant-modal, .ant-dropdown") !== null;
}
