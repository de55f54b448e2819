// Who is signed in.

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../api/client";

export type Me = Schemas["MeAnswer"];
export type Permission = Me["permissions"][number];

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => answerOf(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

/** The person; only below the shell, which has asked already. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the person may do something. */
export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

/** Where to go after signing in: only an address inside the console, else the first page. */
export function safeReturn(wanted: string | undefined): string {
  return wanted?.startsWith("/") && !wanted.startsWith("//") && !wanted.startsWith("/sign-in")
    ? wanted
    : "/";
}
