// Undo: what an editor holds, and the steps that it goes.
//
// The history keeps documents; they share all that did not change, so a hundred steps cost little.

import type { FlowDocument } from "./document";
import { apply, type Operation } from "./model";

export interface History {
  readonly past: readonly FlowDocument[];
  readonly present: FlowDocument;
  readonly future: readonly FlowDocument[];
  /** What the last step was about; steps of the same subject in a row become one. */
  readonly subject: string | undefined;
}

export type Step =
  | { type: "do"; operation: Operation; subject?: string }
  | { type: "undo" }
  | { type: "redo" }
  /** Begin anew with a document that came from the server. */
  | { type: "load"; document: FlowDocument };

const MOST_STEPS = 200;

export function historyOf(document: FlowDocument): History {
  return { past: [], present: document, future: [], subject: undefined };
}

export function stepped(history: History, step: Step): History {
  const { past, present, future, subject } = history;
  switch (step.type) {
    case "load":
      return historyOf(step.document);
    case "undo": {
      const before = past.at(-1);
      if (before === undefined) return history;
      return {
        past: past.slice(0, -1),
        present: before,
        future: [present, ...future],
        subject: undefined,
      };
    }
    case "redo": {
      const [after, ...rest] = future;
      if (after === undefined) return history;
      return { past: [...past, present], present: after, future: rest, subject: undefined };
    }
    case "do": {
      const after = apply(present, step.operation);
      if (after === present) return history;
      const isSameStep = step.subject !== undefined && step.subject === subject;
      return {
        past: isSameStep ? past : [...past, present].slice(-MOST_STEPS),
        present: after,
        future: [],
        subject: step.subject,
      };
    }
  }
}
