// Whether the server answers, and whether the session has ended: two facts that the whole console
// wants to know, wherever they were found out.

import { useSyncExternalStore } from "react";

interface Connection {
  isServerThere: boolean;
  hasSessionEnded: boolean;
}

let current: Connection = { isServerThere: true, hasSessionEnded: false };
const listeners = new Set<() => void>();

function tell(change: Partial<Connection>): void {
  const next = { ...current, ...change };
  if (
    next.isServerThere === current.isServerThere &&
    next.hasSessionEnded === current.hasSessionEnded
  ) {
    return;
  }
  current = next;
  for (const listener of listeners) listener();
}

export function tellConnection(isServerThere: boolean): void {
  tell({ isServerThere });
}

export function tellSession(hasSessionEnded: boolean): void {
  tell({ hasSessionEnded });
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
