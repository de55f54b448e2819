// A campaign's flow with what happens at each node right now: mount `<FlowOverlay campaignId>`.

import { lazy, Suspense } from "react";
import { Loading } from "../parts/Loading";

const Overlay = lazy(async () => ({ default: (await import("./Overlay")).Overlay }));

export function FlowOverlay(props: { campaignId: number; occurrenceId?: number }) {
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <Overlay {...props} />
    </Suspense>
  );
}
