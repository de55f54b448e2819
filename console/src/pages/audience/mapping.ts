// Which column of a file feeds which field.

export const FIELDS = [
  "phone",
  "name",
  "country",
  "email",
  "remark",
  "language",
  "zone",
  "opted_out",
] as const;
export type Field = (typeof FIELDS)[number];
export const SKIPPED = "-";
export const ATTRIBUTE_PREFIX = "attributes.";

export interface FileColumn {
  header: string;
  target: string;
}

/** What a column can feed: each field, an attribute of its own name, or nothing. */
export function targetsOf(column: FileColumn): string[] {
  const named = column.target.startsWith(ATTRIBUTE_PREFIX)
    ? column.target
    : `${ATTRIBUTE_PREFIX}${column.header}`;
  return [...FIELDS, ...(column.header === "" ? [] : [named]), SKIPPED];
}

/** Only what differs from what the server would do by itself. */
export function mappingOf(
  columns: readonly FileColumn[],
  chosen: Readonly<Record<string, string>>,
): Record<string, string> {
  const differing = columns.filter(
    ({ header, target }) => chosen[header] !== undefined && chosen[header] !== target,
  );
  // A field that was taken from one column and given to another has to be said of both.
  return Object.fromEntries(differing.map(({ header }) => [header, chosen[header] ?? SKIPPED]));
}

export type MappingFault = "no_phone" | "twice";

/** What keeps the columns from being imported, and the target that is meant twice. */
export function faultOf(
  columns: readonly FileColumn[],
  chosen: Readonly<Record<string, string>>,
): { fault: MappingFault; target?: string } | undefined {
  const targets = columns.map(({ header, target }) => chosen[header] ?? target);
  const wanted = targets.filter((each) => each !== SKIPPED);
  const twice = wanted.find((each, index) => wanted.indexOf(each) !== index);
  if (twice !== undefined) return { fault: "twice", target: twice };
  return wanted.includes("phone") ? undefined : { fault: "no_phone" };
}
