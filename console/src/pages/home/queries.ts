// What the first page asks of the server.

import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type HomeAnswer = Schemas["HomeAnswer"];
export type Attention = Schemas["AttentionAnswer"];

const REFRESH_MILLISECONDS = 5_000;

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: () => answerOf(api.GET("/api/v1/home")),
  refetchInterval: REFRESH_MILLISECONDS,
});
