// What the tests of a flow walk: nodes and ways to light on the canvas.

import type { Schemas } from "../api/client";
import type { Lit } from "./FlowCanvas";
import { JUMP, wayId } from "./model";

export type Report = Schemas["TestsAnswer"];
export type TestResult = Report["results"][number];

const wayOf = ({ node_id, exit }: { node_id: string; exit: string }) =>
  wayId(node_id, exit === "jump" ? JUMP : exit);

/** The nodes and ways that some test walks. */
export function litByTests(report: Report): Lit {
  const { coverage } = report;
  const unwalked = new Set(coverage.unwalked_node_ids);
  const walked = coverage.exits.filter((each) => each.is_walked);
  return {
    nodes: new Set(report.results.flatMap((each) => each.path).filter((id) => !unwalked.has(id))),
    ways: new Set(walked.map(wayOf)),
    here: undefined,
  };
}

/** The way of one test. */
export function litByTest(result: TestResult): Lit {
  return { nodes: new Set(result.path), ways: new Set(result.exits.map(wayOf)), here: result.path.at(-1) };
}
