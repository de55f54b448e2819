// Questions about the workspace, its people and keys, and who did what.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type User = Schemas["UserAnswer"];
export type Key = Schemas["KeyAnswer"];
export type Role = Schemas["Role"];
export type AuditEntry = Schemas["AuditEntryAnswer"];
export type System = Schemas["SystemAnswer"];
export type FailedJob = Schemas["FailedJobAnswer"];
export type Workspace = Schemas["WorkspaceAnswer"];

const PAGE_SIZE = 50;
export const ROLES: readonly Role[] = ["viewer", "author", "publisher", "admin"];
export const NOUNS = [
  "campaign",
  "contact",
  "flow",
  "group",
  "import",
  "key",
  "sender",
  "template",
  "user",
  "webhook_endpoint",
  "workspace",
] as const;
export type Noun = (typeof NOUNS)[number];

export function auditSearchOf(search: Record<string, unknown>): { noun?: Noun } {
  return { noun: NOUNS.find((each) => each === search.noun) };
}

export const workspaceQuery = queryOptions({
  queryKey: ["workspace"],
  queryFn: () => answerOf(api.GET("/api/v1/workspace")),
});

export const usersQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["users", cursor],
    queryFn: () =>
      answerOf(api.GET("/api/v1/users", { params: { query: { cursor, limit: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
  });

export const keysQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["keys", cursor],
    queryFn: () =>
      answerOf(api.GET("/api/v1/keys", { params: { query: { cursor, limit: PAGE_SIZE } } })),
    placeholderData: keepPreviousData,
  });

export const auditQuery = (noun?: Noun, cursor?: string) =>
  queryOptions({
    queryKey: ["audit", noun, cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/audit-entries", { params: { query: { noun, cursor, limit: PAGE_SIZE } } }),
      ),
    placeholderData: keepPreviousData,
  });

const SYSTEM_REFRESH_MILLISECONDS = 10_000;

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: () => answerOf(api.GET("/api/v1/system")),
  refetchInterval: SYSTEM_REFRESH_MILLISECONDS,
});

export const failedJobsQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ["system", "failed-jobs", cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/system/failed-jobs", { params: { query: { cursor, limit: PAGE_SIZE } } }),
      ),
    placeholderData: keepPreviousData,
  });
