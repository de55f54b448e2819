// Questions about templates, and what their addresses carry.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type Template = Schemas["TemplateAnswer"];

const PAGE_SIZE = 50;
const LARGEST_PAGE = 500;

export interface TemplateSearch {
  search?: string;
  language?: string;
  status?: string;
  category?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Read the filters of the list; what is not understood is left out. */
export function templateSearchOf(search: Record<string, unknown>): TemplateSearch {
  return {
    search: text(search.search),
    language: text(search.language),
    status: text(search.status),
    category: text(search.category),
  };
}

export interface TemplateFormSearch {
  /** The template to write on. */
  from?: number;
  /** Whether that one is changed; else it is the model of a new one. */
  is_edit?: boolean;
}

/** Read what the form begins with; what is not understood is left out. */
export function templateFormSearchOf(search: Record<string, unknown>): TemplateFormSearch {
  const from = Number(search.from);
  return {
    from: Number.isSafeInteger(from) && from > 0 ? from : undefined,
    is_edit: search.is_edit === true ? true : undefined,
  };
}

export const templatesQuery = (search: TemplateSearch, cursor?: string) =>
  queryOptions({
    queryKey: ["templates", "list", search, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/templates", { params: { query: { ...search, cursor, limit: PAGE_SIZE } } }),
      ),
    placeholderData: keepPreviousData,
  });

export const templateQuery = (templateId: number) =>
  queryOptions({
    queryKey: ["templates", "one", templateId],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/templates/{template_id}", {
          params: { path: { template_id: templateId } },
        }),
      ),
  });

/** What may be sent. */
export const approvedTemplatesQuery = queryOptions({
  queryKey: ["templates", "approved"],
  queryFn: () =>
    answerOf(
      api.GET("/api/v1/templates", {
        params: { query: { status: "approved", limit: LARGEST_PAGE } },
      }),
    ),
  staleTime: 60_000,
});

/** All languages of the templates whose name has this in it. */
export const templatesNamedQuery = (name: string) =>
  queryOptions({
    queryKey: ["templates", "named", name],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/templates", { params: { query: { search: name, limit: LARGEST_PAGE } } }),
      ),
    staleTime: 60_000,
  });
