// Names and values, one below the other.

import type { ReactNode } from "react";

export type Fact = readonly [name: ReactNode, value: ReactNode];

/** A value that is undefined or null leaves its row out; an empty text shows a dash. */
export function Facts({ rows }: { rows: readonly Fact[] }) {
  return (
    <dl className="fact-rows">
      {rows.map(([name, value], index) =>
        value === undefined || value === null ? null : (
          // The rows of a list of facts never change their order.
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value === "" ? <span className="soft">–</span> : value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
