// The editor: bar, palette, canvas with its problems, and at the side the step or the phone.

import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, App, Button, Segmented } from "antd";
import { useCallback, useEffect, useEffectEvent, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FlowDocument, documentOf } from "../../canvas/document";
import { type CanvasInstance, FlowCanvas, isTyping, type Lit } from "../../canvas/FlowCanvas";
import { Inspector } from "../../canvas/inspector/Inspector";
import { KindIcon } from "../../canvas/KindIcon";
import { ADDABLE } from "../../canvas/kinds";
import { arranged, sizeOf, tidy } from "../../canvas/layout";
import {
  addition,
  type Clip,
  clipFrom,
  clipOf,
  historyOf,
  type Operation,
  pasting,
  type Place,
  removal,
  stepped,
} from "../../canvas/model";
import { useProblems } from "../../canvas/problems";
import { ProblemsPanel } from "../../canvas/ProblemsPanel";
import { QuickAdd } from "../../canvas/QuickAdd";
import { Simulator } from "../../canvas/simulator/Simulator";
import { useAutosave } from "./autosave";
import { EditorBar } from "./EditorBar";
import { FindNode, KeysHelp, NameDialog } from "./dialogs";
import { Publish } from "./Publish";
import { type Flow, flowQuery, versionQuery } from "./queries";
import { Versions } from "./Versions";

type Side = "step" | "phone";
type Dialog = "find" | "help" | "name" | "versions" | "publish" | undefined;
const NONE: ReadonlySet<string> = new Set();
const ONLY_LOOKING = new Set(["mod+a", "mod+f", "s", "1", "2", "?", "escape"]);
const CLIP_EVENTS = ["copy", "cut", "paste"] as const;
const GROUPS = ["talk", "wait", "think", "other"] as const;

export function EditorFrame(props: {
  flow: Flow;
  first: { revision: number; document: FlowDocument };
  isReadOnly: boolean;
  version?: number;
}) {
  const { t } = useTranslation("flows");
  const { flow, isReadOnly } = props;
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [history, step] = useReducer(stepped, props.first.document, historyOf);
  const draft = history.present;
  const [selection, setSelection] = useState<ReadonlySet<string>>(NONE);
  const [side, setSide] = useState<Side>(() =>
    new URLSearchParams(window.location.search).has("play") ? "phone" : "step",
  );
  const [dialog, setDialog] = useState<Dialog>();
  const [adding, setAdding] = useState<Place>();
  const [lit, setLit] = useState<Lit>();
  const [publishing, setPublishing] = useState<number>();
  const canvas = useRef<CanvasInstance>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const autosave = useAutosave(flow.id, draft, props.first, isReadOnly);
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
      const { width, height } = sizeOf(node);
      const position = node.position ?? { x: 0, y: 0 };
      void canvas.current?.setCenter(position.x + width / 2, position.y + height / 2, {
        zoom: Math.max(0.8, canvas.current.getZoom()),
        duration: 250,
      });
    },
    [draft],
  );

  function add(kind: string, place: Place): void {
    const { operation, id } = addition(draft, kind, place);
    edit(operation);
    setSelection(new Set([id]));
    setSide("step");
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

  async function restore(number: number): Promise<void> {
    const { definition } = await queries.fetchQuery(versionQuery(flow.id, number));
    const { name, description, trigger, nodes, tests } = arranged(documentOf(definition));
    edit({
      op: "all",
      operations: [
        { op: "remove", ids: draft.nodes.map((node) => node.id) },
        { op: "set_flow", changes: { name, description, trigger, tests } },
        ...nodes.filter((node) => node.kind !== "start").map((node): Operation => ({ op: "add_node", node })),
        ...Object.entries(nodes.find((node) => node.kind === "start")?.exits ?? {}).map(
          ([exit, to]): Operation => ({ op: "connect", from: "start", exit, to }),
        ),
      ],
    });
    setDialog(undefined);
    void message.success(t("versions.restored", { number }));
  }

  async function takeTheirs(): Promise<void> {
    await queries.fetchQuery({ ...flowQuery(flow.id), staleTime: 0 });
    window.location.reload();
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
    s: () => setSide(side === "phone" ? "step" : "phone"),
    "1": () => void canvas.current?.fitView({ maxZoom: 1, padding: 0.12, duration: 250 }),
    "2": () => void canvas.current?.zoomTo(1, { duration: 250 }),
    "?": () => setDialog("help"),
    escape: () => setSelection(NONE),
  };
  const isBusy = dialog !== undefined || adding !== undefined || publishing !== undefined;

  function duplicate(): void {
    const clip = clipOf(draft, selection);
    if (clip !== undefined) paste(clip);
  }

  function paste(clip: Clip): void {
    const { operation, ids } = pasting(draft, clip);
    edit(operation);
    setSelection(new Set(ids));
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (isTyping(event.target) || isBusy || event.altKey) return;
    const isMod = event.metaKey || event.ctrlKey;
    const isShift = isMod && event.shiftKey;
    const name = `${isMod ? "mod+" : ""}${isShift ? "shift+" : ""}${event.key.toLowerCase()}`;
    if (keys[name] === undefined || (isReadOnly && !ONLY_LOOKING.has(name))) return;
    event.preventDefault();
    keys[name]();
  });
  const onClip = useEffectEvent((event: ClipboardEvent) => {
    if (isTyping(event.target) || isBusy) return;
    if (event.type === "paste") {
      const clip = clipFrom(event.clipboardData?.getData("text/plain") ?? "");
      if (clip === undefined || isReadOnly) return;
      event.preventDefault();
      paste(clip);
      return;
    }
    const clip = clipOf(draft, selection);
    if (clip === undefined || window.getSelection()?.toString()) return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", JSON.stringify(clip, null, 2));
    if (event.type === "cut" && !isReadOnly) removeSelected();
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => onKey(event);
    const clip = (event: ClipboardEvent) => onClip(event);
    window.addEventListener("keydown", key);
    for (const name of CLIP_EVENTS) window.addEventListener(name, clip);
    return () => {
      window.removeEventListener("keydown", key);
      for (const name of CLIP_EVENTS) window.removeEventListener(name, clip);
    };
  }, []);

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
        isPhoneOpen={side === "phone"}
        onUndo={() => step({ type: "undo" })}
        onRedo={() => step({ type: "redo" })}
        onTidy={tidyUp}
        onPhone={() => setSide(side === "phone" ? "step" : "phone")}
        onDialog={setDialog}
        onPublish={() => void preparePublish()}
      />
      {!isReadOnly && (
        <nav className="editor-kinds" aria-label={t("canvas:add.title")}>
          {GROUPS.map((group) => (
            <div key={group}>
              <h2>{t(`canvas:groups.${group}`)}</h2>
              {ADDABLE.filter((kind) => kind.group === group).map(({ name }) => (
                <button
                  key={name}
                  type="button"
                  className="kind-button"
                  title={t(`canvas:kinds.${name}.summary`)}
                  draggable
                  onDragStart={(event) => event.dataTransfer.setData("application/clarion-kind", name)}
                  onClick={() => addFromPalette(name)}
                >
                  <KindIcon kind={name} />
                  {t(`canvas:kinds.${name}.title`)}
                </button>
              ))}
            </div>
          ))}
        </nav>
      )}
      <div className="editor-middle">
        {autosave.state === "conflict" && (
          <Alert
            type="warning"
            banner
            title={t("conflict.title")}
            description={t("conflict.text")}
            action={
              <span style={{ display: "flex", gap: 8 }}>
                <Button size="small" onClick={() => void takeTheirs()}>
                  {t("conflict.theirs")}
                </Button>
                <Button size="small" danger onClick={() => void autosave.overwrite()}>
                  {t("conflict.mine")}
                </Button>
              </span>
            }
          />
        )}
        {autosave.state === "failed" && autosave.problem !== undefined && (
          <Alert type="error" banner title={autosave.problem.answer.detail} description={autosave.problem.answer.next_step} />
        )}
        {props.version !== undefined && (
          <Alert
            type="info"
            banner
            title={t("looking.title", { number: props.version })}
            action={
              <Link to="/flows/$flowId" params={{ flowId: flow.id }}>
                {t("looking.draft")}
              </Link>
            }
          />
        )}
        <div
          className="editor-canvas"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            const kind = event.dataTransfer.getData("application/clarion-kind");
            const position = canvas.current?.screenToFlowPosition({ x: event.clientX - 120, y: event.clientY - 16 });
            if (kind !== "" && position !== undefined && !isReadOnly) add(kind, { position });
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
        <ProblemsPanel problems={problems} isKnown={isKnown} onOpen={open} />
      </div>
      <aside className="editor-side" aria-label={t("side.title")}>
        <div className="switch">
          <Segmented<Side>
            block
            aria-label={t("side.title")}
            value={side}
            options={(["step", "phone"] as const).map((value) => ({ value, label: t(`side.${value}`) }))}
            onChange={setSide}
          />
        </div>
        <div className="body" tabIndex={-1}>
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
        </div>
      </aside>
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
      {dialog === "versions" && (
        <Versions
          flow={flow}
          onClose={() => setDialog(undefined)}
          onRestore={isReadOnly ? undefined : (number) => void restore(number)}
        />
      )}
      {publishing !== undefined && (
        <Publish
          flow={flow}
          revision={publishing}
          document={draft}
          problems={problems}
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
