import { describe, expect, it } from "vitest";
import feedbackScore from "../../../src/clarion/flow/samples/feedback_score.json";
import { blankFlow, documentOf, type FlowDocument } from "./document";
import { exitsOf, exitWord, linesOf } from "./kinds";
import { arranged, isCrowded, sizeOf, tidy } from "./layout";
import { clipFrom, clipOf, pasting } from "./clip";
import { difference } from "./difference";
import { historyOf, stepped } from "./history";
import { addition, apply, found, freshId, JUMP, type Operation, removal, waysOf } from "./model";

const SAMPLE = documentOf(feedbackScore);
const BLANK = blankFlow("New", "manual");

function node(flow: FlowDocument, id: string) {
  const one = flow.nodes.find((each) => each.id === id);
  if (one === undefined) throw new Error(`no node ${id}`);
  return one;
}

function doing(flow: FlowDocument, ...operations: Operation[]): FlowDocument {
  return operations.reduce(apply, flow);
}

describe("operations", () => {
  it("adds a node into a way, which goes on behind it", () => {
    const begun = doing(BLANK, { op: "connect", from: "start", exit: "next", to: "end" });
    const { operation, id } = addition(begun, "send_whatsapp_message", {
      position: { x: 0, y: 100.4 },
      from: { id: "start", exit: "next" },
    });
    const flow = apply(begun, operation);
    expect(node(flow, "start").exits).toEqual({ next: id });
    expect(node(flow, id)).toMatchObject({ exits: { next: "end" }, position: { x: 0, y: 100 } });
  });

  it("passes through a wait for a reply by `other`", () => {
    const begun = doing(BLANK, { op: "connect", from: "start", exit: "next", to: "end" });
    const { operation, id } = addition(begun, "wait_for_reply", {
      position: { x: 0, y: 0 },
      from: { id: "start", exit: "next" },
    });
    expect(node(apply(begun, operation), id).exits).toEqual({ other: "end" });
  });

  it("removes nodes with the ways to them, and never the start", () => {
    const flow = doing(SAMPLE, { op: "remove", ids: ["start", "thanks"] });
    expect(flow.nodes.map((each) => each.id)).toContain("start");
    expect(node(flow, "sort").exits).toEqual({ low: "sorry", else: "choices" });
  });

  it("bridges a single node in the middle of a way", () => {
    const flow = doing(SAMPLE, removal(SAMPLE, ["score"]));
    expect(node(flow, "answer").exits?.other).toBe("sort");
    const several = doing(SAMPLE, removal(SAMPLE, ["score", "sort"]));
    expect(node(several, "answer").exits).toEqual({ timeout: "done" });
  });

  it("connects jumps by their target, and nothing to the start", () => {
    const flow = doing(SAMPLE, { op: "connect", from: "once_more", exit: JUMP, to: "answer" });
    expect(node(flow, "once_more").config).toMatchObject({ target: "answer", max_jumps: 2 });
    expect(apply(SAMPLE, { op: "connect", from: "answer", exit: "other", to: "start" })).toBe(SAMPLE);
    expect(apply(SAMPLE, { op: "connect", from: "answer", exit: "other", to: "nobody" })).toBe(SAMPLE);
  });

  it("keeps the way of a button that is renamed and drops that of one that is gone", () => {
    const buttons: Operation = {
      op: "set",
      id: "answer",
      config: { buttons: ["YES", "NO"] },
    };
    const connected = doing(SAMPLE, buttons, {
      op: "connect",
      from: "answer",
      exit: "button:YES",
      to: "done",
    });
    const renamed = doing(connected, {
      op: "set",
      id: "answer",
      config: { buttons: ["SURE", "NO"] },
      exits: { "button:YES": "button:SURE" },
    });
    expect(node(renamed, "answer").exits?.["button:SURE"]).toBe("done");
    const without = doing(renamed, { op: "set", id: "answer", config: { buttons: [] } });
    expect(Object.keys(node(without, "answer").exits ?? {})).toEqual(["other", "timeout"]);
  });

  it("renames a node everywhere, also as the target of a jump", () => {
    const flow = doing(SAMPLE, { op: "rename", id: "score", to: "points" });
    expect(node(flow, "answer").exits?.other).toBe("points");
    expect(node(flow, "once_more").config?.target).toBe("points");
    expect(apply(SAMPLE, { op: "rename", id: "score", to: "sort" })).toBe(SAMPLE);
    expect(apply(SAMPLE, { op: "rename", id: "start", to: "begin" })).toBe(SAMPLE);
  });

  it("takes an empty label away", () => {
    expect("label" in node(doing(SAMPLE, { op: "set", id: "sort", label: "" }), "sort")).toBe(false);
  });

  it("never changes the document that it was given", () => {
    const before = JSON.stringify(SAMPLE);
    doing(SAMPLE, { op: "remove", ids: ["sort"] }, { op: "rename", id: "score", to: "x" });
    expect(JSON.stringify(SAMPLE)).toBe(before);
  });
});

describe("undo", () => {
  it("goes back and forth, and forgets the way forth after a new step", () => {
    let history = historyOf(BLANK);
    history = stepped(history, { type: "do", operation: { op: "set_flow", changes: { name: "A" } } });
    history = stepped(history, { type: "do", operation: { op: "set_flow", changes: { name: "B" } } });
    history = stepped(history, { type: "undo" });
    expect(history.present.name).toBe("A");
    history = stepped(history, { type: "redo" });
    expect(history.present.name).toBe("B");
    history = stepped(stepped(history, { type: "undo" }), {
      type: "do",
      operation: { op: "set_flow", changes: { name: "C" } },
    });
    expect(stepped(history, { type: "redo" }).present.name).toBe("C");
  });

  it("takes what is typed in one field as one step", () => {
    let history = historyOf(BLANK);
    for (const name of ["H", "He", "Hel"]) {
      const operation: Operation = { op: "set_flow", changes: { name } };
      history = stepped(history, { type: "do", operation, subject: "name" });
    }
    expect(history.past).toHaveLength(1);
    expect(stepped(history, { type: "undo" }).present).toBe(BLANK);
  });

  it("keeps no step for an operation that changes nothing", () => {
    const history = historyOf(BLANK);
    expect(stepped(history, { type: "do", operation: { op: "remove", ids: ["x"] } })).toBe(history);
  });
});

describe("the clipboard", () => {
  it("pastes nodes with new ids and the ways among them", () => {
    const clip = clipOf(SAMPLE, new Set(["start", "choices", "choice", "once_more", "score"]));
    const { operation, ids } = pasting(SAMPLE, clipFrom(JSON.stringify(clip)) ?? never());
    const flow = apply(SAMPLE, operation);
    expect(ids).toHaveLength(4);
    expect(flow.nodes).toHaveLength(SAMPLE.nodes.length + 4);
    const [, choices, choice, jump] = ids.map((id) => node(flow, id));
    expect(choices?.exits).toEqual({ next: choice?.id });
    expect(choice?.exits).toEqual({ other: jump?.id });
    expect(jump?.config?.target).toBe(ids[0]);
  });

  it("takes no other text for a copy", () => {
    for (const text of ["", "null", "{}", "[1]", "hello", '{"schema":"clarion.flow/1"}']) {
      expect(clipFrom(text)).toBeUndefined();
    }
    expect(clipOf(SAMPLE, new Set(["start"]))).toBeUndefined();
  });
});

function never(): never {
  throw new Error("no clip");
}

describe("looking", () => {
  it("knows the exits of each kind, in the order of the config", () => {
    expect(exitsOf(node(SAMPLE, "sort")).map((exit) => exit.name)).toEqual(["high", "low", "else"]);
    expect(exitsOf(node(SAMPLE, "answer")).map((exit) => exit.name)).toEqual(["other", "timeout"]);
    expect(exitsOf(node(SAMPLE, "done"))).toEqual([]);
    const waiting = { id: "w", kind: "wait_for_reply", config: { buttons: [{ id: "A", title: "Yes" }, "B"] } };
    expect(exitWord(waiting, "button:A")).toBe("Yes");
    expect(exitWord(waiting, "button:B")).toBe("B");
  });

  it("lists every way once, and leaves out those to nowhere", () => {
    const ways = waysOf(SAMPLE);
    expect(new Set(ways.map((way) => way.id)).size).toBe(ways.length);
    expect(ways).toContainEqual({ id: `once_more/${JUMP}`, from: "once_more", exit: JUMP, to: "score" });
    const broken = doing(SAMPLE, { op: "set", id: "once_more", config: { target: "nowhere" } });
    expect(waysOf(broken)).toHaveLength(ways.length - 1);
  });

  it("finds nodes by their words", () => {
    expect(found(SAMPLE, "very POOR").map((each) => each.id)).toEqual(["choices"]);
    expect(found(SAMPLE, " ")).toHaveLength(SAMPLE.nodes.length);
  });

  it("tells what publishing would change, not where nodes stand", () => {
    const moved = doing(SAMPLE, { op: "move", positions: { sort: { x: 5, y: 5 } } });
    expect(difference(SAMPLE, moved)).toEqual({ added: [], removed: [], changed: [] });
    const changed = doing(
      moved,
      { op: "set", id: "sort", label: "?" },
      { op: "remove", ids: ["choice"] },
      { op: "add_node", node: { id: "new", kind: "end" } },
    );
    expect(difference(SAMPLE, changed)).toEqual({
      added: ["new"],
      removed: ["choice"],
      changed: ["sort", "choices"],
    });
  });

  it("gives free ids", () => {
    expect(freshId(SAMPLE, "score")).toBe("score_2");
    expect(freshId(SAMPLE, "new")).toBe("new");
  });

  it("shows at most three lines of a node", () => {
    for (const each of SAMPLE.nodes) expect(linesOf(each).length).toBeLessThanOrEqual(3);
    expect(linesOf(node(SAMPLE, "thanks"))).toEqual(["Thank you for the {{ score }}! See you soon."]);
  });
});

describe("layout", () => {
  it("lays no card on another", () => {
    expect(isCrowded(SAMPLE)).toBe(true);
    const tidied = arranged(SAMPLE);
    expect(isCrowded(tidied)).toBe(false);
    expect(arranged(tidied)).toBe(tidied);
  });

  it("puts what comes later further down", () => {
    const positions = tidy(SAMPLE);
    expect(positions.request?.y).toBeGreaterThan(positions.start?.y ?? Infinity);
    expect(positions.done?.y).toBeGreaterThan(positions.sort?.y ?? Infinity);
  });

  it("makes room for many exits", () => {
    const many = { id: "w", kind: "wait_for_reply", config: { buttons: ["A", "B", "C", "D"] } };
    expect(sizeOf(many).width).toBeGreaterThan(sizeOf(node(SAMPLE, "done")).width);
  });
});

describe("what is stored", () => {
  it("is made fit for the canvas, whatever it is", () => {
    for (const value of [null, 5, "x", [], {}, { nodes: 3 }, { nodes: [null, { id: 1 }, "x"] }]) {
      expect(documentOf(value).nodes).toEqual([]);
    }
    const twice = documentOf({ nodes: [{ id: "a", kind: "end" }, { id: "a", kind: "end" }] });
    expect(twice.nodes).toHaveLength(1);
  });
});
