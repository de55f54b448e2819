// The parts of a screen, each with an address of its own.

import { Link, type LinkProps } from "@tanstack/react-router";
import "./subnav.css";

export interface SubnavEntry {
  to: NonNullable<LinkProps["to"]>;
  label: string;
  /** Only this very address, not those below it. */
  isExact?: boolean;
}

export function Subnav({ label, entries }: { label: string; entries: readonly SubnavEntry[] }) {
  return (
    <nav className="subnav" aria-label={label}>
      {entries.map((entry) => (
        <Link
          key={entry.to}
          to={entry.to}
          activeOptions={{ exact: entry.isExact ?? false, includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          {entry.label}
        </Link>
      ))}
    </nav>
  );
}
