// The one cache of what the server said.  A query's key begins with its topic (`campaigns`,
// `occurrences`, `imports`, …), so that the live stream can tell which queries are to be asked again.

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";

const MOST_RETRIES = 2;

function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.isSignedOut;
}

/** Make the cache; `onSignedOut` is called when any question meets an ended session. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const leaveIfSignedOut = (error: unknown) => {
    if (isSignedOut(error)) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (count, error) =>
          count < MOST_RETRIES && error instanceof Problem && error.answer.is_retryable,
      },
    },
  });
}
