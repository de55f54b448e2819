// One node of a canvas is chosen at a time, though the canvas can select several.

/** The node that came to the selection; the one before while it is still selected and none came. */
export function chosenOf(ids: ReadonlySet<string>, before: string | undefined): string | undefined {
  const come = [...ids].findLast((id) => id !== before);
  return come ?? (before !== undefined && ids.has(before) ? before : undefined);
}
