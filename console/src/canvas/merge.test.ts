import { describe, expect, it } from "vitest";
import feedbackScore from "../../../src/clarion/flow/samples/feedback_score.json";
import { documentOf, type FlowDocument } from "./document";
import { changedPlaces, merged } from "./merge";
import { apply, type Operation } from "./model";
import { outlineOf } from "./outline";

const BASE = documentOf(feedbackScore);
const label = (id: string, words: string): Operation => ({ op: "set", id, label: words });
const doing = (flow: FlowDocument, ...operations: Operation[]) => operations.reduce(apply, flow);
const [, second, third] = BASE.nodes.map((node) => node.id) as [string, string, string];

describe("two people on one draft", () => {
  it("both keep what they did at different steps", () => {
    const mine = doing(BASE, label(second, "Mine"));
    const theirs = doing(BASE, label(third, "Theirs"), {
      op: "add_node",
      node: { id: "note", kind: "note", exits: {} },
    });
    const { document, clashes } = merged(BASE, mine, theirs);
    expect(clashes).toEqual([]);
    expect(document.nodes.find((node) => node.id === second)?.label).toBe("Mine");
    expect(document.nodes.find((node) => node.id === third)?.label).toBe("Theirs");
    expect(document.nodes.some((node) => node.id === "note")).toBe(true);
    expect(changedPlaces(BASE, mine)).toEqual(["Mine"]);
  });

  it("clash where both changed the same step, and mine stays", () => {
    const mine = doing(BASE, label(second, "Mine"));
    const { document, clashes } = merged(BASE, mine, doing(BASE, label(second, "Theirs")));
    expect(clashes).toEqual([second]);
    expect(document.nodes.find((node) => node.id === second)?.label).toBe("Mine");
  });

  it("do not clash where both did the same, or one only moved a step", () => {
    const same = doing(BASE, label(second, "Same"));
    expect(merged(BASE, same, doing(BASE, label(second, "Same"))).clashes).toEqual([]);
    const moved = doing(BASE, { op: "move", positions: { [second]: { x: 999, y: 8 } } });
    const { document, clashes } = merged(BASE, moved, same);
    expect(clashes).toEqual([]);
    expect(document.nodes.find((node) => node.id === second)).toMatchObject({
      label: "Same",
      position: { x: 999, y: 8 },
    });
  });

  it("never lose a step that one took away and the other changed", () => {
    const gone = doing(BASE, { op: "remove", ids: [second] });
    const changed = doing(BASE, label(second, "Still here"));
    for (const [mine, theirs] of [
      [gone, changed],
      [changed, gone],
    ] as const) {
      const { document, clashes } = merged(BASE, mine, theirs);
      expect(document.nodes.find((node) => node.id === second)?.label).toBe("Still here");
      expect(clashes).toContain(second);
    }
  });

  it("name the step whose way leads nowhere now", () => {
    const gone = doing(BASE, { op: "remove", ids: [third] });
    const added = doing(
      BASE,
      { op: "add_node", node: { id: "new", kind: "set_variables", exits: {} } },
      { op: "connect", from: "new", exit: "next", to: third },
    );
    const { document, clashes } = merged(BASE, added, gone);
    expect(clashes).toContain("new");
    expect(document.nodes.every((node) => Object.values(node.exits ?? {}).every((to) => to !== third))).toBe(true);
  });
});

describe("the outline", () => {
  it("begins at the start and has every step once, the unreached last", () => {
    const loose = doing(BASE, { op: "add_node", node: { id: "loose", kind: "end" } });
    const steps = outlineOf(loose);
    expect(steps[0]?.node.id).toBe("start");
    expect(steps.map((step) => step.node.id).toSorted()).toEqual(loose.nodes.map((node) => node.id).toSorted());
    expect(steps.at(-1)).toMatchObject({ node: { id: "loose" }, isReached: false });
    const [first] = steps[0]?.ways ?? [];
    expect(steps[1]?.node.id).toBe(first?.to);
  });

  it("ends for flows that go round in circles", () => {
    const round = doing(BASE, { op: "connect", from: third, exit: "next", to: second });
    expect(outlineOf(round)).toHaveLength(BASE.nodes.length);
  });
});
