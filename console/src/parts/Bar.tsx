// A bar of what is done.  It needs a name, for people who do not see it.

import type { Tone } from "../app/theme";

export function Bar(props: { label: string; share: number; tone?: Tone }) {
  const share = Math.max(0, Math.min(1, props.share));
  const done = Math.round(share * 100);
  return (
    <div
      className={`bar tone-${props.tone ?? "run"}`}
      role="progressbar"
      aria-label={props.label}
      aria-valuenow={done}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      {share > 0 && <span style={{ width: `${share * 100}%` }} />}
    </div>
  );
}
