// A state in a word, with a shape and a colour of its own: never by colour alone.

import type { ReactNode } from "react";
import type { Tone } from "../app/theme";

const SHAPES: Record<Tone, ReactNode> = {
  ok: <path d="M1.5 5.2 4 7.7 8.5 2.3" fill="none" stroke="currentColor" strokeWidth="2" />,
  wait: <circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  run: <path d="M2 1v8l7-4z" fill="currentColor" />,
  hold: <path d="M1.8 1h2.4v8H1.8zM5.8 1h2.4v8H5.8z" fill="currentColor" />,
  fail: <path d="m2 2 6 6M8 2 2 8" fill="none" stroke="currentColor" strokeWidth="2" />,
  mute: <path d="M1.5 1.5h7v7h-7z" fill="currentColor" />,
};

/** The shape alone, for a place that names the state otherwise. */
export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

export function Status({ tone, children }: { tone: Tone; children?: ReactNode }) {
  return (
    <span className={`status tone-${tone}`}>
      <Shape tone={tone} />
      {children}
    </span>
  );
}
