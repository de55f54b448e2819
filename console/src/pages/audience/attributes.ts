// Attributes of a contact as a form edits them: each has a name, a kind and a text.

export type AttributeKind = "text" | "number" | "boolean";
export type AttributeValue = string | number | boolean;

export interface AttributeRow {
  name: string;
  kind: AttributeKind;
  text: string;
}

const KIND_OF: Readonly<Record<string, AttributeKind>> = {
  number: "number",
  boolean: "boolean",
};

/** The rows of a form for what is stored, in the order of the names. */
export function rowsOf(attributes: Readonly<Record<string, unknown>>): AttributeRow[] {
  return Object.entries(attributes)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, value]) => ({
      name,
      kind: KIND_OF[typeof value] ?? "text",
      text: typeof value === "object" ? JSON.stringify(value) : String(value),
    }));
}

/** The value that a row means; undefined when its text is not of its kind. */
export function valueOf({ kind, text }: AttributeRow): AttributeValue | undefined {
  if (kind === "text") return text;
  if (kind === "boolean") return text === "true";
  const number = Number(text.trim());
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}

/** What to send so that exactly the rows remain: null takes an attribute away. */
export function changesOf(
  old: Readonly<Record<string, unknown>>,
  rows: readonly AttributeRow[],
): Record<string, AttributeValue | null> {
  const wanted = new Map(rows.map((row) => [row.name.trim(), valueOf(row) ?? row.text]));
  const changes: Record<string, AttributeValue | null> = {};
  for (const name of Object.keys(old)) if (!wanted.has(name)) changes[name] = null;
  for (const [name, value] of wanted) if (name !== "" && old[name] !== value) changes[name] = value;
  return changes;
}
