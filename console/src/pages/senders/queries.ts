import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "../../api/client";

export type Sender = Schemas["SenderAnswer"];

const REFRESH_MILLISECONDS = 10_000;

// The header of every page asks the same, under the same key.
export const sendersQuery = queryOptions({
  queryKey: ["senders"],
  queryFn: () => answerOf(api.GET("/api/v1/senders")),
  refetchInterval: REFRESH_MILLISECONDS,
});
