// The head of a page: its one `h1`, a line below, and what can be done.

import type { ReactNode } from "react";
import { useEffect } from "react";

export function PageHead(props: {
  title: string;
  beside?: ReactNode;
  below?: ReactNode;
  actions?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} · Clarion`;
  }, [props.title]);
  return (
    <header className="page-head">
      <div className="titles">
        <div style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 10 }}>
          <h1>{props.title}</h1>
          {props.beside}
        </div>
        {props.below !== undefined && <div className="soft">{props.below}</div>}
      </div>
      {props.actions !== undefined && <div className="actions">{props.actions}</div>}
    </header>
  );
}
