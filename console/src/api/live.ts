// What changes on the server reaches the open pages: one event stream, which only says *that*
// something of a topic changed; the pages' queries of that topic are then asked again.  While no
// stream is open (a proxy cuts it, the server is away) the same address is asked every few seconds,
// and when the server is back after it was away, everything that is shown is asked again.
// Nothing is asked while nobody looks at the page.

import type { QueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";
import { tellConnection } from "./connection";

export const TOPICS = ["campaigns", "occurrences", "imports", "conversations"] as const;
export type Topic = (typeof TOPICS)[number];
type Versions = Schemas["LiveAnswer"]["versions"];

const POLL_MILLISECONDS = 5_000;
const RETRY_STREAM_MILLISECONDS = 30_000;

/** The topics whose version differs from the one that was known; all are new at first. */
export function changedTopics(known: Versions, now: Versions): string[] {
  return Object.keys(now).filter((topic) => topic in known && known[topic] !== now[topic]);
}

/** Follow the server until the returned function is called. */
export function followLive(queries: QueryClient): () => void {
  let known: Versions = {};
  let stream: EventSource | undefined;
  let polling: number | undefined;
  let reopening: number | undefined;
  let wasAway = false;

  function take(versions: Versions): void {
    for (const topic of changedTopics(known, versions)) {
      void queries.invalidateQueries({ queryKey: [topic] });
    }
    known = { ...known, ...versions };
  }

  function back(): void {
    tellConnection(true);
    if (wasAway) void queries.invalidateQueries();
    wasAway = false;
  }

  function away(): void {
    wasAway = true;
    tellConnection(false);
  }

  async function poll(): Promise<void> {
    try {
      const answer = await answerOf(api.GET("/api/v1/live"));
      if (typeof answer !== "string") take(answer.versions);
      back();
    } catch {
      // The pages' own queries tell what failed; this one tells that the server is away.
      away();
    }
  }

  function startPolling(): void {
    if (polling !== undefined) return;
    polling = window.setInterval(() => void poll(), POLL_MILLISECONDS);
    void poll();
  }

  function stopPolling(): void {
    window.clearInterval(polling);
    polling = undefined;
  }

  function open(): void {
    stream?.close();
    window.clearTimeout(reopening);
    stream = new EventSource("/api/v1/live");
    stream.addEventListener("versions", (event) => {
      stopPolling();
      back();
      take(JSON.parse((event as MessageEvent<string>).data) as Versions);
    });
    stream.addEventListener("error", () => {
      startPolling();
      // The browser connects again by itself unless the server refused the stream for good.
      if (stream?.readyState === EventSource.CLOSED) {
        window.clearTimeout(reopening);
        reopening = window.setTimeout(open, RETRY_STREAM_MILLISECONDS);
      }
    });
  }

  function close(): void {
    stopPolling();
    window.clearTimeout(reopening);
    stream?.close();
    stream = undefined;
  }

  function onVisibility(): void {
    if (document.visibilityState === "visible") open();
    else close();
  }

  document.addEventListener("visibilitychange", onVisibility);
  onVisibility();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    close();
  };
}
