// Moves a canvas to the node that somebody chooses in the list beside.

import { useCallback, useEffect, useRef } from "react";
import type { FlowDocument } from "./document";
import type { CanvasInstance } from "./FlowCanvas";

/** Follows `chosen`; gives what the canvas is to call when it is ready. */
export function useCentred(
  flow: Pick<FlowDocument, "nodes"> | undefined,
  chosen: string | undefined,
): (instance: CanvasInstance) => void {
  const canvas = useRef<CanvasInstance>(undefined);
  useEffect(() => {
    const node = flow?.nodes.find((each) => each.id === chosen);
    if (node?.position) {
      void canvas.current?.setCenter(node.position.x + 120, node.position.y + 60, { zoom: 1, duration: 250 });
    }
  }, [chosen, flow]);
  return useCallback((instance) => {
    canvas.current = instance;
  }, []);
}
