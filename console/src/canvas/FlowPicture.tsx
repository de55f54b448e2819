// A flow to look at, wherever a page names one.

import { lazy, Suspense } from "react";
import { Loading } from "../parts/Loading";

const Picture = lazy(async () => ({ default: (await import("./Picture")).Picture }));

/** `definition` is a flow file as the server gives it. */
export function FlowPicture({ definition }: { definition: unknown }) {
  return (
    <Suspense fallback={<Loading rows={4} />}>
      <Picture definition={definition} />
    </Suspense>
  );
}
