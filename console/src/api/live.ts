// What changes on the server reaches the open pages: one event stream, which only says *that*
// something of a topic changed; the pages' queries of that topic are then asked again.  Where a
// stream cannot be held open (a proxy, a lost server) the same address is asked every few seconds.
// Nothing is asked while nobody looks at the page.

import type { QueryClient } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

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
  let timer: number | undefined;

  function take(versions: Versions): void {
    for (const topic of changedTopics(known, versions)) {
      void queries.invalidateQueries({ queryKey: [topic] });
    }
    known = { ...known, ...versions };
  }

  async function poll(): Promise<void> {
    try {
      const answer = await answerOf(api.GET("/api/v1/live"));
      if (typeof answer !== "string") take(answer.versions);
    } catch {
      // The pages' own queries tell the person; this one only waits for better times.
    }
  }

  function pollFor(milliseconds: number): void {
    const until = Date.now() + milliseconds;
    window.clearInterval(timer);
    timer = window.setInterval(() => {
      if (Date.now() > until) open();
      else void poll();
    }, POLL_MILLISECONDS);
  }

  function open(): void {
    close();
    stream = new EventSource("/api/v1/live");
    stream.addEventListener("versions", (event) => {
      take(JSON.parse((event as MessageEvent<string>).data) as Versions);
    });
    stream.addEventListener("error", () => {
      // The browser connects again by itself unless the server refused the stream for good.
      if (stream?.readyState !== EventSource.CLOSED) return;
      close();
      pollFor(RETRY_STREAM_MILLISECONDS);
    });
  }

  function close(): void {
    window.clearInterval(timer);
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
