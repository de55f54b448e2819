// What the server's check says about a document, asked while somebody types.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answerOf, api, type Schemas } from "../api/client";
import type { FlowDocument } from "./document";

export type FlowProblem = Schemas["ProblemOfFlow"];

const PAUSE_MILLISECONDS = 450;

/** The value as it was when nothing had changed for a while. */
export function useSettled<Value>(value: Value, milliseconds: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), milliseconds);
    return () => window.clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}

const NONE: readonly FlowProblem[] = [];

export function useProblems(flow: FlowDocument): { problems: readonly FlowProblem[]; isKnown: boolean } {
  const settled = useSettled(flow, PAUSE_MILLISECONDS);
  const { data } = useQuery({
    queryKey: ["flow-check", settled],
    queryFn: () =>
      answerOf(api.POST("/api/v1/flows/check", { body: { definition: settled } })),
    placeholderData: (before) => before,
    gcTime: 10_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { problems: data?.problems ?? NONE, isKnown: data !== undefined && settled === flow };
}

/** The problems at a place or inside it. */
export function within(problems: readonly FlowProblem[], place: string): FlowProblem[] {
  return problems.filter((each) => each.where === place || each.where.startsWith(`${place}.`));
}

/** The worst of each node, for its badge. */
export function worstOf(
  problems: readonly FlowProblem[],
): ReadonlyMap<string, { severity: "error" | "warning"; count: number }> {
  const worst = new Map<string, { severity: "error" | "warning"; count: number }>();
  for (const { node_id, severity } of problems) {
    if (node_id === null) continue;
    const known = worst.get(node_id);
    worst.set(node_id, {
      severity: severity === "error" || known?.severity === "error" ? "error" : "warning",
      count: (known?.count ?? 0) + 1,
    });
  }
  return worst;
}
