// The keys that work on every screen: going to a screen, and moving through whatever list is shown.
// What is under the keys is found in the page itself, so a new list has them without doing anything:
// its rows, the link that opens one, its checkbox, its actions, the search field, the main button.

import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { BUILT_SCREENS } from "./screens";

/** The second key of `G …`, by the name of a screen. */
export const GO_TO: Readonly<Record<string, string>> = {
  home: "h",
  campaigns: "c",
  flows: "f",
  audience: "a",
  templates: "t",
  messages: "m",
  conversations: "i",
  reports: "r",
  senders: "s",
  phones: "p",
  settings: ",",
  system: "y",
};

const SEQUENCE_MILLISECONDS = 1_200;
const ROWS = "main tbody tr[data-row-key], main .cards > li";
const WRITTEN_IN = "input, textarea, select, [contenteditable=true], [role=combobox], [role=textbox]";
const OPEN_ABOVE = ".ant-modal-wrap, .ant-drawer-open, .ant-dropdown:not(.ant-dropdown-hidden)";

/** What a key does to the row that is gone to: one step down, one step up, or nothing. */
export const STEPS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** The place after a step, kept within the list; the first row when none was gone to. */
export function stepFrom(at: number, step: number, count: number): number {
  if (at < 0) return step > 0 ? 0 : count - 1;
  return Math.max(0, Math.min(count - 1, at + step));
}

function isShown(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest(WRITTEN_IN) !== null;
}

function isCovered(): boolean {
  return [...document.querySelectorAll<HTMLElement>(OPEN_ABOVE)].some(isShown);
}

function rowsShown(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)].filter(isShown);
}

function rowOf(rows: readonly HTMLElement[]): HTMLElement | undefined {
  return rows.find((row) => row.contains(document.activeElement));
}

function focusRow(row: HTMLElement): void {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function click(within: ParentNode | undefined, selector: string): boolean {
  const found = within?.querySelector<HTMLElement>(selector);
  found?.click();
  return found !== null && found !== undefined;
}

type Act = (row: HTMLElement | undefined) => boolean;

// Each tells whether it found something to do.
const ACTS: Readonly<Record<string, Act>> = {
  "/": () => {
    const field = document.querySelector<HTMLElement>("main search input");
    field?.focus();
    return field !== null;
  },
  n: () => click(document, "main .page-head .ant-btn-primary"),
  Enter: (row) =>
    document.activeElement === row && (click(row, "a[href]") || click(row, "td button")),
  " ": (row) => document.activeElement === row && click(row, "input[type=checkbox]"),
  ".": (row) => click(row, "[aria-haspopup], .ant-dropdown-trigger"),
};

/** Listens while the shell is there; tells whether the overlay of the keys is open. */
export function useShortcuts(onOpenPalette: () => void): {
  isHelpOpen: boolean;
  closeHelp: () => void;
} {
  const navigate = useNavigate();
  const [isHelpOpen, setIsHelpOpen] = useState(false);

  useEffect(() => {
    let goneAt = 0;

    function goTo(key: string): boolean {
      const screen = BUILT_SCREENS.find(({ name }) => GO_TO[name] === key);
      if (screen !== undefined) void navigate({ to: screen.path });
      return screen !== undefined;
    }

    function act(key: string): boolean {
      const rows = rowsShown();
      const row = rowOf(rows);
      const step = STEPS[key];
      if (step === undefined) return ACTS[key]?.(row) ?? false;
      const next = rows[stepFrom(row === undefined ? -1 : rows.indexOf(row), step, rows.length)];
      if (next !== undefined) focusRow(next);
      return next !== undefined;
    }

    function onKey(event: KeyboardEvent): void {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onOpenPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
      // The editor of a flow has keys of its own.
      const isCanvas = document.querySelector("main .react-flow") !== null;
      if (isWriting(event.target) || isCovered() || isCanvas) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const isSecond = event.timeStamp - goneAt < SEQUENCE_MILLISECONDS && goneAt > 0;
      goneAt = 0;
      if (isSecond && goTo(key)) {
        event.preventDefault();
      } else if (key === "g") {
        goneAt = event.timeStamp;
      } else if (key === "?") {
        setIsHelpOpen(true);
      } else if (act(key)) {
        event.preventDefault();
      }
    }

    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, onOpenPalette]);

  return { isHelpOpen, closeHelp: () => setIsHelpOpen(false) };
}
