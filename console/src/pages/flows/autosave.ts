// The draft saves itself a moment after each change.  Every save names the revision that was read:
// when somebody else saved meanwhile, nothing is overwritten and the person decides.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "../../api/problem";
import type { FlowDocument } from "../../canvas/document";
import { flowQuery, saveDraft } from "./queries";

const PAUSE_MILLISECONDS = 900;

export type SaveState = "saved" | "dirty" | "saving" | "conflict" | "failed";

export interface Autosave {
  state: SaveState;
  problem: Problem | undefined;
  /** Save what is there; gives the revision, or undefined when it could not be saved. */
  save: () => Promise<number | undefined>;
  /** After a conflict: put this draft over what the other one saved. */
  overwrite: () => Promise<void>;
}

export function useAutosave(
  flowId: number,
  flow: FlowDocument,
  first: { revision: number; document: FlowDocument },
  isOff: boolean,
): Autosave {
  const queries = useQueryClient();
  const [state, setState] = useState<SaveState>("saved");
  const [problem, setProblem] = useState<Problem>();
  const revision = useRef(first.revision);
  const saved = useRef(first.document);
  const latest = useRef(flow);
  const running = useRef<Promise<number | undefined>>(undefined);
  const isStopped = useRef(false);

  useEffect(() => {
    latest.current = flow;
  }, [flow]);

  const save = useCallback(async (): Promise<number | undefined> => {
    // One save at a time; the next one takes what was typed during the one before.
    await running.current;
    const document = latest.current;
    if (document === saved.current || isOff) return revision.current;
    if (isStopped.current) return undefined;
    setState("saving");
    running.current = saveDraft(flowId, document, revision.current).then(
      (answer) => {
        revision.current = answer.draft_revision;
        saved.current = document;
        queries.setQueryData(flowQuery(flowId).queryKey, answer);
        void queries.invalidateQueries({ queryKey: ["flows", "list"] });
        setProblem(undefined);
        setState(latest.current === document ? "saved" : "dirty");
        return answer.draft_revision;
      },
      (error: unknown) => {
        const refusal = asProblem(error);
        isStopped.current = refusal.code === "flow.stale";
        setProblem(refusal);
        setState(isStopped.current ? "conflict" : "failed");
        return undefined;
      },
    );
    return running.current;
  }, [flowId, isOff, queries]);

  useEffect(() => {
    if (isOff || flow === saved.current) return undefined;
    setState((old) => (old === "conflict" ? old : "dirty"));
    const timer = window.setTimeout(() => void save(), PAUSE_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [flow, isOff, save]);

  useEffect(() => {
    function warn(event: BeforeUnloadEvent): void {
      if (latest.current !== saved.current && !isOff) event.preventDefault();
    }
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      // Leaving for another page of the console saves what is left.
      void save();
    };
  }, [isOff, save]);

  const overwrite = useCallback(async () => {
    const other = await queries.fetchQuery({ ...flowQuery(flowId), staleTime: 0 });
    revision.current = other.draft_revision;
    isStopped.current = false;
    saved.current = first.document;
    await save();
  }, [flowId, queries, save, first.document]);

  return { state, problem, save, overwrite };
}
