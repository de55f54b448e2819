// The templates that some messages were made from, so that the messages can be shown as they were read.

import { useQueries } from "@tanstack/react-query";
import { type Component, contentOf, type StoredContent } from "../../parts/whatsapp";
import { templatesNamedQuery } from "./queries";

interface Holder {
  content: Readonly<Record<string, unknown>>;
}

/** A function that finds the components of a message's template, once they are known. */
export function useComponentsOf(
  messages: readonly Holder[],
): (content: StoredContent) => readonly Component[] | undefined {
  const names = new Set(
    messages
      .map(({ content }) => contentOf(content))
      .filter(({ kind }) => kind === "template")
      .map(({ body }) => String(body.name)),
  );
  const found = useQueries({
    queries: [...names].toSorted().map((name) => templatesNamedQuery(name)),
    combine: (results) => results.flatMap(({ data }) => data?.items ?? []),
  });
  return ({ kind, body }) =>
    kind === "template"
      ? found.find(({ name, language }) => name === body.name && language === body.language)
          ?.components
      : undefined;
}
