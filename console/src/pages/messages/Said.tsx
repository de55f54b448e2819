// One message of a conversation.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { useMe } from "../../app/session";
import { BubbleView } from "../../parts/PhonePreview";
import { Ticks } from "../../parts/Ticks";
import { inZone } from "../../parts/times";
import { bubbleOf, type Component, contentOf, type StoredContent } from "../../parts/whatsapp";
import { useReason } from "../campaigns/words";
import type { Message } from "./queries";

/** `components` finds those of the message's template. */
export function Said(props: {
  message: Message;
  components: (content: StoredContent) => readonly Component[] | undefined;
}) {
  const { message, components } = props;
  const { t } = useTranslation("messages");
  const { language } = usePreferences();
  const { zone } = useMe();
  const inWords = useReason();
  const content = contentOf(message.content);
  const bubble = bubbleOf(content, components(content));
  const isOut = message.direction === "out";
  return (
    <BubbleView
      bubble={bubble}
      side={isOut ? "out" : "in"}
      foot={
        <>
          {message.reason !== null && <span>{inWords(message.reason, message.reason_in_words)}</span>}
          {message.error_title !== null && <span>{message.error_title}</span>}
          <Link
            to="/messages"
            search={{ message: message.id }}
            className="bubble-link"
            aria-label={t("openAt", { time: inZone(new Date(message.created_at), zone, language) })}
          >
            {inZone(new Date(message.created_at), zone, language, { timeStyle: "short" })}
          </Link>
          {isOut && <Ticks status={message.status} stage={message.stage} />}
        </>
      }
    />
  );
}
