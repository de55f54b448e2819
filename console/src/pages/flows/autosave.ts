// The draft saves itself a moment after each change.  Every save names the revision that was read:
// when somebody else saved meanwhile, nothing is overwritten, what they saved is read, and the
// person decides.  As long as nothing is changed here, what others save is taken at once.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { asProblem, type Problem } from "../../api/problem";
import { documentOf, type FlowDocument } from "../../canvas/document";
import { arranged } from "../../canvas/layout";
import { type Flow, flowQuery, saveDraft } from "./queries";

const PAUSE_MILLISECONDS = 900;

export type SaveState = "saved" | "dirty" | "saving" | "conflict" | "failed";

export interface Conflict {
  /** What both began with. */
  base: FlowDocument;
  theirs: FlowDocument;
  revision: number;
}

export interface Autosave {
  state: SaveState;
  problem: Problem | undefined;
  conflict: Conflict | undefined;
  /** Save what is there; gives the revision, or undefined when it could not be saved. */
  save: () => Promise<number | undefined>;
  /** After a conflict: this is the draft now, and is saved over what the other one saved. */
  resolve: (document: FlowDocument) => void;
}

export function useAutosave(given: {
  /** As the server has it; it changes when somebody else saves. */
  flow: Flow;
  draft: FlowDocument;
  first: { revision: number; document: FlowDocument };
  isOff: boolean;
  /** Somebody else's draft takes the place of an unchanged one. */
  onTheirs: (document: FlowDocument) => void;
}): Autosave {
  const { flow, draft, first, isOff, onTheirs } = given;
  const queries = useQueryClient();
  const [state, setState] = useState<SaveState>("saved");
  const [problem, setProblem] = useState<Problem>();
  const [conflict, setConflict] = useState<Conflict>();
  const revision = useRef(first.revision);
  const saved = useRef(first.document);
  const latest = useRef(draft);
  const running = useRef<Promise<number | undefined>>(undefined);
  const isStopped = useRef(false);

  useEffect(() => {
    latest.current = draft;
  }, [draft]);

  const readTheirs = useCallback(async (): Promise<void> => {
    const other = await queries.fetchQuery({ ...flowQuery(flow.id), staleTime: 0 });
    const theirs = arranged(documentOf(other.draft));
    setConflict({ base: saved.current, theirs, revision: other.draft_revision });
  }, [flow.id, queries]);

  const save = useCallback(async (): Promise<number | undefined> => {
    // One save at a time; the next one takes what was typed during the one before.
    await running.current;
    const document = latest.current;
    if (document === saved.current || isOff) return revision.current;
    if (isStopped.current) return undefined;
    setState("saving");
    running.current = saveDraft(flow.id, document, revision.current).then(
      (answer) => {
        revision.current = answer.draft_revision;
        saved.current = document;
        queries.setQueryData(flowQuery(flow.id).queryKey, answer);
        void queries.invalidateQueries({ queryKey: ["flows", "list"] });
        setProblem(undefined);
        setState(latest.current === document ? "saved" : "dirty");
        return answer.draft_revision;
      },
      async (error: unknown) => {
        const refusal = asProblem(error);
        isStopped.current = refusal.code === "flow.stale";
        // What they saved may not be readable just now; the banner offers to read it then.
        if (isStopped.current) await readTheirs().catch(() => undefined);
        setProblem(refusal);
        setState(isStopped.current ? "conflict" : "failed");
        return undefined;
      },
    );
    return running.current;
  }, [flow.id, isOff, queries, readTheirs]);

  useEffect(() => {
    if (isOff || draft === saved.current) return undefined;
    setState((old) => (old === "conflict" ? old : "dirty"));
    const timer = window.setTimeout(() => void save(), PAUSE_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [draft, isOff, save]);

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

  const takeNewer = useEffectEvent((newest: number, now: SaveState) => {
    if (first.revision === 0) return; // a version, which never changes
    const isUntouched = now === "saved" && latest.current === saved.current;
    if (!isUntouched || newest <= revision.current) return;
    const theirs = arranged(documentOf(flow.draft));
    revision.current = newest;
    saved.current = theirs;
    latest.current = theirs;
    onTheirs(theirs);
  });
  useEffect(() => {
    takeNewer(flow.draft_revision, state);
  }, [flow.draft_revision, state]);

  const resolve = useCallback(
    (document: FlowDocument) => {
      if (conflict === undefined) return;
      revision.current = conflict.revision;
      saved.current = conflict.theirs;
      latest.current = document;
      isStopped.current = false;
      setConflict(undefined);
      setState(document === conflict.theirs ? "saved" : "dirty");
      void save();
    },
    [conflict, save],
  );

  return { state, problem, conflict, save, resolve };
}
