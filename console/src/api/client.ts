// The typed way to the server.  `api` speaks the generated types; `answerOf` turns an answer into
// its data or throws a `Problem`, which is what the query functions of the pages want.

import createClient from "openapi-fetch";
import { asProblem, problemOf } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const CSRF_COOKIE = "clarion_csrf";
const CSRF_HEADER = "X-CSRF-Token";
const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** The value of a cookie that scripts may read. */
export function cookieOf(cookies: string, name: string): string | undefined {
  const found = cookies.split("; ").find((each) => each.startsWith(`${name}=`));
  return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
}

export const api = createClient<paths>({
  baseUrl: "",
  credentials: "same-origin",
  // Arrays of a query are repeated names; null and undefined are left out.
  querySerializer: { array: { style: "form", explode: true } },
});

api.use({
  onRequest({ request }) {
    if (SAFE_METHODS.has(request.method)) return undefined;
    const token = cookieOf(document.cookie, CSRF_COOKIE);
    if (token !== undefined) request.headers.set(CSRF_HEADER, token);
    return request;
  },
  onError({ error }) {
    return problemOf("network.unreachable", error instanceof Error ? error.message : String(error));
  },
});

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer.  Throws `Problem` for every refusal and failure. */
export async function answerOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked;
  if (response.ok) return data as Data;
  throw asProblem(error, response.status);
}

/** Names a create, so that a repeated click makes one thing. */
export function mintKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
