// Refusals and failures as one class, whatever went wrong on the way.

import type { components } from "./schema";

export type ProblemAnswer = components["schemas"]["ProblemAnswer"];

/** What the server refused, or what kept us from asking it (`network.unreachable`). */
export class Problem extends Error {
  readonly answer: ProblemAnswer;

  constructor(answer: ProblemAnswer) {
    super(answer.detail);
    this.name = "Problem";
    this.answer = answer;
  }

  get code(): string {
    return this.answer.code;
  }

  get isSignedOut(): boolean {
    return this.answer.code === "access.not_signed_in";
  }

  /** The first message for a field of the request, if the server named that field. */
  messageFor(path: string): string | undefined {
    return this.answer.errors.find((each) => each.path === path || each.path.startsWith(`${path}.`))
      ?.message;
  }
}

/** A problem that has no answer behind it. */
export function problemOf(code: string, detail: string, status = 0): Problem {
  return new Problem({
    type: `urn:clarion:error:${code}`,
    title: detail,
    status,
    detail,
    code,
    fault: "us",
    is_retryable: true,
    next_step: "",
    request_id: "",
    details: {},
    errors: [],
  });
}

function isAnswer(value: unknown): value is ProblemAnswer {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}

/** Whatever was thrown or answered, as a problem. */
export function asProblem(value: unknown, status = 0): Problem {
  if (value instanceof Problem) return value;
  if (isAnswer(value)) return new Problem(value);
  if (value instanceof TypeError) return problemOf("network.unreachable", value.message);
  return problemOf("server.unreadable", String(value ?? "No readable answer came."), status);
}
