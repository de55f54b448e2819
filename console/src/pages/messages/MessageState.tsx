// Where a message is, in a word.

import { useTranslation } from "react-i18next";
import type { Tone } from "../../app/theme";
import { type MessageState as State, stateOf } from "../../parts/messageState";
import { Status } from "../../parts/Status";
import type { Message } from "./queries";

const TONES: Record<State, Tone> = {
  queued: "wait",
  held: "hold",
  skipped: "mute",
  in_doubt: "hold",
  accepted: "run",
  sent: "run",
  delivered: "ok",
  read: "ok",
  failed: "fail",
  received: "mute",
};

export function MessageState({ message }: { message: Pick<Message, "status" | "stage"> }) {
  const { t } = useTranslation("messages");
  const state = stateOf(message.status, message.stage);
  return <Status tone={TONES[state]}>{t(`states.${state}`)}</Status>;
}
