// The editor: bar, palette, canvas with its problems, and at the side the step or the phone.

import { App } from "antd";
import { useCallback, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Clip, clipOf, pasting } from "../../canvas/clip";
import type { FlowDocument } from "../../canvas/document";
import { type CanvasInstance, FlowCanvas, type Lit, placeAfter } from "../../canvas/FlowCanvas";
import { historyOf, stepped } from "../../canvas/history";
import { Inspector } from "../../canvas/inspector/Inspector";
import { sizeOf, tidy } from "../../canvas/layout";
import { addition, type Operation, type Place, removal } from "../../canvas/model";
import { Outline } from "../../canvas/Outline";
import { useProblems } from "../../canvas/problems";
import { ProblemsPanel } from "../../canvas/ProblemsPanel";
import { QuickAdd } from "../../canvas/QuickAdd";
import { Simulator } from "../../canvas/simulator/Simulator";
import { useIsNarrow } from "../../parts/narrow";
import "./flows.css";
import { useAutosave } from "./autosave";
import { Banners } from "./Banners";
import { EditorBar } from "./EditorBar";
import { EditorSide, type Side } from "./EditorSide";
import { FindNode, KeysHelp, NameDialog } from "./dialogs";
import { droppedKind, Palette } from "./Palette";
import { Publish } from "./Publish";
import type { Flow } from "./queries";
import { useEditorKeys } from "./useEditorKeys";

type Dialog = "find" | "help" | "name" | undefined;
const NONE: ReadonlySet<string> = new Set();

export function EditorFrame(props: {
  flow: Flow;
  first: { revision: number; document: FlowDocument };
  isReadOnly: boolean;
  version?: number;
}) {
  const { t } = useTranslation("flows");
  const { flow, isReadOnly } = props;
  const { message } = App.useApp();
  const isNarrow = useIsNarrow();
  const [history, step] = useReducer(stepped, props.first.document, historyOf);
  const draft = history.present;
  const [selection, setSelection] = useState<ReadonlySet<string>>(() => {
    const node = new URLSearchParams(window.location.search).get("node");
    return node === null ? NONE : new Set([node]);
  });
  const [side, setSide] = useState<Side>(() =>
    new URLSearchParams(window.location.search).has("play") ? "phone" : "step",
  );
  const [isSideOpen, setIsSideOpen] = useState(side === "phone" || selection.size > 0);
  const [view, setView] = useState<"canvas" | "outline">();
  const isOutline = (view ?? (isNarrow ? "outline" : "canvas")) === "outline";
  const [dialog, setDialog] = useState<Dialog>();
  const [adding, setAdding] = useState<Place>();
  const [lit, setLit] = useState<Lit>();
  const [publishing, setPublishing] = useState<number>();
  const canvas = useRef<CanvasInstance>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const autosave = useAutosave({
    flow,
    draft,
    first: props.first,
    isOff: isReadOnly,
    onTheirs: (document) => {
      step({ type: "do", operation: { op: "replace", document } });
      void message.info(t("conflict.taken"));
    },
  });
  const { problems, isKnown } = useProblems(draft);

  const edit = useCallback(
    (operation: Operation, subject?: string) => step({ type: "do", operation, subject }),
    [],
  );
  const select = useCallback((ids: ReadonlySet<string>) => {
    setSelection(ids);
    if (ids.size > 0) setSide((old) => (old === "phone" ? old : "step"));
  }, []);

  /** Choose a node and bring it into sight. */
  const open = useCallback(
    (id: string) => {
      const node = draft.nodes.find((each) => each.id === id);
      if (node === undefined) return;
      setSelection(new Set([id]));
      setDialog(undefined);
      setSide("step");
      setIsSideOpen(true);
      if (isOutline) return;
      const { width, height } = sizeOf(node);
      const position = node.position ?? { x: 0, y: 0 };
      void canvas.current?.setCenter(position.x + width / 2, position.y + height / 2, {
        zoom: Math.max(0.8, canvas.current.getZoom()),
        duration: 250,
      });
    },
    [draft, isOutline],
  );

  function add(kind: string, place: Place): void {
    const { operation, id } = addition(draft, kind, place);
    edit(operation);
    setSelection(new Set([id]));
    setSide("step");
    setIsSideOpen(true);
    setAdding(undefined);
  }

  /** A place in the middle of what is seen. */
  function inSight(): Place {
    const box = frame.current?.querySelector(".canvas")?.getBoundingClientRect();
    const position =
      box === undefined
        ? { x: 0, y: 0 }
        : canvas.current?.screenToFlowPosition({
            x: box.left + box.width / 2 - 120,
            y: box.top + box.height / 2,
          });
    return { position: position ?? { x: 0, y: 0 } };
  }

  /** A kind from the palette goes behind the chosen node when that has one open way. */
  function addFromPalette(kind: string): void {
    const [id] = selection;
    const node = selection.size === 1 ? draft.nodes.find((each) => each.id === id) : undefined;
    if (node === undefined || node.exits?.next !== undefined || !hasOnlyNext(node.kind)) {
      add(kind, inSight());
      return;
    }
    const position = node.position ?? { x: 0, y: 0 };
    add(kind, {
      position: { x: position.x, y: position.y + sizeOf(node).height + 64 },
      from: { id: node.id, exit: "next" },
    });
  }

  function removeSelected(): void {
    if (selection.size === 0) return;
    edit(removal(draft, [...selection]));
    setSelection(NONE);
  }

  const tidyUp = useCallback(() => {
    edit({ op: "move", positions: tidy(draft) });
    window.requestAnimationFrame(() => void canvas.current?.fitView({ maxZoom: 1, padding: 0.12, duration: 250 }));
  }, [edit, draft]);

  async function preparePublish(): Promise<void> {
    const revision = await autosave.save();
    if (revision !== undefined) setPublishing(revision);
  }

  /** After a conflict.  What is not chosen is one or two steps of undo away. */
  function decide(document: FlowDocument): void {
    const theirs = autosave.conflict?.theirs;
    if (theirs === undefined) return;
    edit({ op: "replace", document: theirs });
    if (document !== theirs) edit({ op: "replace", document });
    autosave.resolve(document);
  }

  function turnPhone(): void {
    const isOpen = side === "phone" && (isSideOpen || !isNarrow);
    setSide(isOpen ? "step" : "phone");
    setIsSideOpen(!isOpen);
  }

  const keys: Record<string, () => void> = {
    "mod+z": () => step({ type: "undo" }),
    "mod+shift+z": () => step({ type: "redo" }),
    "mod+y": () => step({ type: "redo" }),
    "mod+a": () => setSelection(new Set(draft.nodes.map((node) => node.id))),
    "mod+f": () => setDialog("find"),
    "mod+s": () => void autosave.save(),
    "mod+d": () => duplicate(),
    delete: removeSelected,
    backspace: removeSelected,
    "/": () => setAdding(inSight()),
    t: tidyUp,
    s: turnPhone,
    o: () => setView(isOutline ? "canvas" : "outline"),
    "1": () => void canvas.current?.fitView({ maxZoom: 1, padding: 0.12, duration: 250 }),
    "2": () => void canvas.current?.zoomTo(1, { duration: 250 }),
    "?": () => setDialog("help"),
    escape: () => setSelection(NONE),
  };

  function duplicate(): void {
    const clip = clipOf(draft, selection);
    if (clip !== undefined) paste(clip);
  }

  function paste(clip: Clip): void {
    const { operation, ids } = pasting(draft, clip);
    edit(operation);
    setSelection(new Set(ids));
  }

  useEditorKeys({
    keys,
    isReadOnly,
    isBusy: dialog !== undefined || adding !== undefined || publishing !== undefined,
    clip: () => clipOf(draft, selection),
    onCut: removeSelected,
    onPaste: paste,
  });

  const [chosenId] = selection;
  const chosen = selection.size === 1 ? draft.nodes.find((each) => each.id === chosenId) : undefined;
  return (
    <div ref={frame} className={isReadOnly ? "editor is-read-only" : "editor"}>
      <EditorBar
        flow={flow}
        name={draft.name}
        version={props.version}
        isReadOnly={isReadOnly}
        autosave={autosave}
        canUndo={history.past.length > 0}
        canRedo={history.future.length > 0}
        isPhoneOpen={side === "phone" && (isSideOpen || !isNarrow)}
        isOutline={isOutline}
        onUndo={() => step({ type: "undo" })}
        onRedo={() => step({ type: "redo" })}
        onTidy={tidyUp}
        onPhone={turnPhone}
        onOutline={() => setView(isOutline ? "canvas" : "outline")}
        onDialog={setDialog}
        onPublish={() => void preparePublish()}
      />
      {!isReadOnly && !isNarrow && <Palette onAdd={addFromPalette} />}
      <div className="editor-middle">
        <Banners
          flowId={flow.id}
          version={props.version}
          draft={draft}
          autosave={autosave}
          onDecide={decide}
        />
        {isOutline ? (
          <div className="editor-outline" tabIndex={0} role="region" aria-label={t("canvas:outline.title")}>
            <Outline
              flow={draft}
              label={t("canvas:outline.of", { name: draft.name })}
              problems={problems}
              lit={lit}
              chosen={chosenId}
              onOpen={open}
              onAdd={isReadOnly ? undefined : ({ node }, exit) => setAdding(placeAfter(node, exit))}
            />
          </div>
        ) : (
          <div
            className="editor-canvas"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              const kind = droppedKind(event);
              const position = canvas.current?.screenToFlowPosition({ x: event.clientX - 120, y: event.clientY - 16 });
              if (kind !== undefined && position !== undefined && !isReadOnly) add(kind, { position });
            }}
          >
            <FlowCanvas
              flow={draft}
              label={t("canvas:label", { name: draft.name })}
              isReadOnly={isReadOnly}
              problems={problems}
              selection={selection}
              onSelect={select}
              edit={edit}
              onAdd={isReadOnly ? undefined : setAdding}
              lit={lit}
              onReady={(instance) => {
                canvas.current = instance;
              }}
            />
          </div>
        )}
        <ProblemsPanel problems={problems} isKnown={isKnown} onOpen={open} />
      </div>
      <EditorSide side={side} onSide={setSide} isOpen={isSideOpen} onClose={() => setIsSideOpen(false)}>
        {side === "phone" ? (
          <Simulator
            flow={draft}
            isReadOnly={isReadOnly}
            onLit={setLit}
            onOpen={open}
            onTests={(tests) => edit({ op: "set_flow", changes: { tests } })}
          />
        ) : chosen !== undefined ? (
          <Inspector
            key={chosen.id}
            flow={draft}
            node={chosen}
            problems={problems}
            isReadOnly={isReadOnly}
            edit={edit}
            onRemove={removeSelected}
            onRenamed={(id) => setSelection(new Set([id]))}
          />
        ) : (
          <p className="soft" style={{ padding: 16 }}>
            {selection.size > 1 ? t("side.several", { count: selection.size }) : t("side.nothing")}
          </p>
        )}
      </EditorSide>
      <QuickAdd
        isOpen={adding !== undefined}
        onClose={() => setAdding(undefined)}
        onChoose={(kind) => adding !== undefined && add(kind, adding)}
      />
      <FindNode isOpen={dialog === "find"} flow={draft} onOpen={open} onClose={() => setDialog(undefined)} />
      <KeysHelp isOpen={dialog === "help"} onClose={() => setDialog(undefined)} />
      <NameDialog
        isOpen={dialog === "name"}
        flow={draft}
        onChange={(changes) => edit({ op: "set_flow", changes })}
        onClose={() => setDialog(undefined)}
      />
      {publishing !== undefined && (
        <Publish
          flow={flow}
          revision={publishing}
          onOpen={(id) => {
            setPublishing(undefined);
            open(id);
          }}
          onClose={() => setPublishing(undefined)}
        />
      )}
    </div>
  );
}

function hasOnlyNext(kind: string): boolean {
  return kind !== "wait_for_reply" && kind !== "branch" && kind !== "end";
}
