// Which buttons a person sees when a wait begins: those of the messages just before it.

import { type FlowDocument, type FlowNode, isRecord, listOf, textOf } from "./document";
import { type Template, quickRepliesOf } from "./templates";

export interface Offered {
  id: string;
  title: string;
}

function ofMessage({ config = {} }: FlowNode): Offered[] {
  if (isRecord(config.text)) {
    return listOf(config.text.buttons)
      .filter(isRecord)
      .map((each) => ({ id: textOf(each.id), title: textOf(each.title) }));
  }
  if (Array.isArray(config.quick_replies)) {
    return config.quick_replies
      .filter(isRecord)
      .map((each) => ({ id: textOf(each.id), title: textOf(each.title) }));
  }
  if (isRecord(config.card)) {
    return listOf(config.card.buttons)
      .filter(isRecord)
      .map((each) => ({ id: textOf(each.id), title: textOf(each.title) }));
  }
  if (isRecord(config.list)) {
    return listOf(config.list.sections)
      .filter(isRecord)
      .flatMap((section) => listOf(section.rows))
      .filter(isRecord)
      .map((each) => ({ id: textOf(each.id), title: textOf(each.title) }));
  }
  return [];
}

function ofTemplate({ config = {} }: FlowNode, templates: readonly Template[]): Offered[] {
  const template = templates.find(
    (each) => each.name === config.template && each.language === config.language,
  );
  if (template === undefined) return [];
  const payloads = new Map(
    listOf(config.buttons)
      .filter(isRecord)
      .map((each) => [Number(each.index), textOf(each.value)]),
  );
  return quickRepliesOf(template).map(({ index, text }) => ({
    id: payloads.get(index) || text,
    title: text,
  }));
}

/** The buttons, rows and quick replies of the nodes that lead straight to a node. */
export function offeredButtons(
  flow: FlowDocument,
  nodeId: string,
  templates: readonly Template[],
): Offered[] {
  const before = flow.nodes.filter((each) => Object.values(each.exits ?? {}).includes(nodeId));
  const offered = before.flatMap((each) =>
    each.kind === "send_whatsapp_template" ? ofTemplate(each, templates) : ofMessage(each),
  );
  const seen = new Set<string>();
  return offered.filter(({ id }) => {
    if (id === "" || id.includes("{{") || seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}
