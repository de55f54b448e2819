// What every hand-made form of the inspector is given.

import type { Config, FlowDocument, FlowNode } from "../document";

export interface FormProps {
  flow: FlowDocument;
  node: FlowNode;
  config: Config;
  /** `field` names what is typed in, so that one word is one step of undo; `exits` renames ways. */
  onChange: (config: Config, field: string, exits?: Readonly<Record<string, string>>) => void;
}

/** A record with a field set; an undefined value takes it away. */
export function withField(config: Config, name: string, value: unknown): Config {
  const { [name]: _, ...rest } = config;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** A list with one entry changed; undefined takes it away. */
export function withEntry<Entry>(
  list: readonly Entry[],
  index: number,
  entry: Entry | undefined,
): Entry[] {
  return list.flatMap((each, at) => (at === index ? (entry === undefined ? [] : [entry]) : [each]));
}
