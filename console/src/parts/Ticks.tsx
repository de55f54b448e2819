// How far an outgoing message came: the ticks of WhatsApp, with the word for people who do not see them.

import { ClockCircleOutlined, ExclamationCircleFilled, PauseOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { stateOf, type MessageState } from "./messageState";

function Checks({ count }: { count: 1 | 2 }) {
  return (
    <svg viewBox="0 0 18 12" width="17" height="12" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6">
      <path d="m1.5 6.5 3.2 3.2L11 2.5" />
      {count === 2 && <path d="m7.6 9 .9.8 6.8-7.3" />}
    </svg>
  );
}

const SHAPES: Record<MessageState, ReactNode> = {
  queued: <ClockCircleOutlined />,
  held: <PauseOutlined />,
  skipped: <PauseOutlined />,
  in_doubt: <QuestionCircleOutlined />,
  accepted: <ClockCircleOutlined />,
  sent: <Checks count={1} />,
  delivered: <Checks count={2} />,
  read: <Checks count={2} />,
  failed: <ExclamationCircleFilled />,
  received: null,
};

export function Ticks(props: { status: string; stage: string | null }) {
  const { t } = useTranslation("messages");
  const state = stateOf(props.status, props.stage);
  const word = t(`states.${state}`);
  return (
    <span className={`checks is-${state}`} title={word}>
      {SHAPES[state]}
      <span className={state === "failed" ? undefined : "visually-hidden"}>{word}</span>
    </span>
  );
}
