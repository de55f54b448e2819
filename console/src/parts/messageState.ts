// Where a message is, in one word: our own status until the channel has told more.

export const MESSAGE_STATES = [
  "queued",
  "held",
  "skipped",
  "in_doubt",
  "accepted",
  "sent",
  "delivered",
  "read",
  "failed",
  "received",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** `status` is ours, `stage` the furthest that receipts prove; a played voice message was read. */
export function stateOf(status: string, stage: string | null): MessageState {
  const told = stage === "played" ? "read" : stage;
  const isOutside = status === "accepted" || status === "in_doubt";
  const wanted = isOutside && told !== null && told !== "held" ? told : status;
  return MESSAGE_STATES.find((each) => each === wanted) ?? "queued";
}
