// What was said in a play, as on a phone; what can be tapped is a button.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usePreferences, useScheme } from "../../app/preferences";
import { useMe } from "../../app/session";
import { Loading } from "../../parts/Loading";
import { BubbleView } from "../../parts/PhonePreview";
import { inZone } from "../../parts/times";
import { bubbleOf } from "../../parts/whatsapp";
import { textOf } from "../document";
import { type Play, type Said, type Tap, tapsOf } from "../play";
import { type Template, templatesQuery } from "../templates";

export function Chat(props: { play: Play | undefined; isWaiting: boolean; onTap: (tap: Tap) => void }) {
  const { t } = useTranslation("canvas");
  const scheme = useScheme();
  const templates = useQuery(templatesQuery).data;
  if (props.play === undefined) return <Loading rows={3} />;
  const { said } = props.play;
  const last = said.findLastIndex((each) => each.by === "flow");
  const isAnswered = said.slice(last + 1).length > 0;
  return (
    <div className="simulator-chat" tabIndex={0} role="log" aria-label={t("phone.chat")}>
      <div className={`chat chat-${scheme}`}>
        {said.length === 0 && <div className="chat-day">{t("phone.nothing")}</div>}
        {said.map((each, index) => (
          // What was said is never put in another order.
          <Utterance
            key={index}
            said={each}
            templates={templates}
            isOpen={index === last && props.isWaiting && !isAnswered}
            onTap={props.onTap}
          />
        ))}
        {/* Made anew with each utterance, and brought into sight then. */}
        <div key={said.length} ref={scrollTo} />
      </div>
    </div>
  );
}

function scrollTo(end: HTMLDivElement | null): void {
  const chat = end?.closest(".simulator-chat");
  chat?.scrollTo({ top: chat.scrollHeight });
}

function Utterance(props: {
  said: Said;
  templates: readonly Template[] | undefined;
  isOpen: boolean;
  onTap: (tap: Tap) => void;
}) {
  const { t } = useTranslation("canvas");
  const { zone } = useMe();
  const { language } = usePreferences();
  const { said } = props;
  const foot = inZone(new Date(said.at), zone, language, { hour: "2-digit", minute: "2-digit" });
  if (said.by === "contact") {
    const words = textOf(said.content.text);
    const body = said.kind === "media" || said.kind === "location" ? t(`phone.sent.${said.kind}`, { text: words }) : words;
    const bubble = { body: body.trim(), buttons: [] };
    return <BubbleView bubble={bubble} side="out" foot={foot} />;
  }
  const template = props.templates?.find(
    (each) => each.name === said.content.name && each.language === said.content.language,
  );
  const whole = bubbleOf({ kind: said.kind, body: said.content }, template?.components);
  const taps = tapsOf(said, template);
  // What can be tapped is drawn as buttons; links and telephone numbers stay as they are.
  const bubble = {
    ...whole,
    buttons: whole.buttons.filter((each) => each.kind !== "reply" && each.kind !== "list" && each.kind !== "flow"),
  };
  return (
    <>
      <BubbleView bubble={bubble} side="in" foot={foot} />
      {taps.length > 0 && (
        <div className="bubble-group is-in">
          {taps.map((tap) => (
            <button
              key={tap.payload + tap.title}
              type="button"
              className="bubble-button tap"
              disabled={!props.isOpen}
              title={tap.description}
              onClick={() => props.onTap(tap)}
            >
              {tap.title}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
