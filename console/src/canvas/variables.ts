// The names that a text of a flow may use.

import { type FlowDocument, isRecord, textOf } from "./document";

const KNOWN = [
  "contact.name",
  "contact.phone",
  "contact.attributes.",
  "contact.groups",
  "contact.consents.whatsapp",
  "campaign.name",
  "occurrence.scheduled_at",
  "reply.text",
  "reply.payload",
  "now",
] as const;

/** Declared inputs and what the nodes set, then what every session has. */
export function variablesOf(flow: FlowDocument): string[] {
  const inputs = (flow.trigger?.inputs ?? []).map((input) => input.name);
  const own = flow.nodes.flatMap((node) => {
    const config = node.config ?? {};
    if (node.kind === "set_variables" && isRecord(config.variables)) {
      return Object.keys(config.variables);
    }
    const saved = textOf(config.save_as);
    return saved === "" ? [] : [saved];
  });
  return [...new Set([...inputs, ...own, ...KNOWN].filter((name) => name !== ""))];
}
