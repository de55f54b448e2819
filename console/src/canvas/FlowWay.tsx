// A flow with the way that somebody takes through it.

import { lazy, Suspense } from "react";
import { Loading } from "../parts/Loading";

const Picture = lazy(async () => ({ default: (await import("./Picture")).Picture }));

/** `definition` is a flow file as the server gives it; `path` its nodes in the order of entering. */
export function FlowWay(props: {
  definition: unknown;
  path: readonly string[];
  exits: readonly { node_id: string; exit: string }[];
}) {
  return (
    <Suspense fallback={<Loading rows={4} />}>
      <Picture definition={props.definition} way={{ path: props.path, exits: props.exits }} />
    </Suspense>
  );
}
