// Whether the window is too narrow for things side by side; the canvas's style has the same number.

import { useSyncExternalStore } from "react";

const NARROW = "(width <= 900px)";

function subscribe(onChange: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(NARROW).matches);
}
