// Where a session is, in a word, with its reason.

import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import type { Tone } from "../../app/theme";
import { Status } from "../../parts/Status";

type Session = Pick<Schemas["SessionAnswer"], "status" | "reason" | "reason_in_words">;

const SESSION_TONES: Readonly<Record<string, Tone>> = {
  waiting: "wait",
  completed: "ok",
  failed: "fail",
  superseded: "mute",
  stopped: "mute",
};

export function SessionStatus({ session }: { session: Session }) {
  const { t } = useTranslation("canvas");
  const reason = session.reason_in_words ?? session.reason;
  return (
    <span className="two-lines">
      <span>
        <Status tone={SESSION_TONES[session.status] ?? "mute"}>{t(`phone.status.${session.status}`)}</Status>
      </span>
      {reason !== null && reason !== undefined && <span className="soft small">{reason}</span>}
    </span>
  );
}
