// What stands on a simulated phone: the person's side of a chat.

import { RollbackOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { useMe } from "../../app/session";
import { BubbleView } from "../../parts/PhonePreview";
import { Ticks } from "../../parts/Ticks";
import { inZone } from "../../parts/times";
import type { Bubble } from "../../parts/whatsapp";
import type { Line, Offer, Phone } from "./wall";

const HEADER_KINDS = ["text", "image", "video", "document", "location", "audio"] as const;

function bubbleOfLine(line: Line, areOffersShown: boolean): Bubble {
  const kind = HEADER_KINDS.find((each) => each === line.header?.kind) ?? "document";
  const offered = line.offers.map((offer) => ({ kind: "reply" as const, text: offer.title }));
  const linked = line.buttons.map((text) => ({ kind: "url" as const, text }));
  return {
    ...(line.header !== null && { header: { kind, text: line.header.text } }),
    body: line.body,
    footer: line.footer ?? undefined,
    buttons: areOffersShown ? [...offered, ...linked] : linked,
  };
}

/** How far a message of the business came, in the words of messages. */
function ticksOf(line: Line) {
  return line.state === "failed" ? (
    <Ticks status="failed" stage={null} />
  ) : (
    <Ticks status="accepted" stage={line.state === "accepted" ? null : line.state} />
  );
}

function Writing({ side }: { side: "in" | "out" }) {
  const { t } = useTranslation("phones");
  return (
    <div className={`bubble-group is-${side}`}>
      <div className="bubble writing" role="status" aria-label={t("writing")}>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

/** `onTap` makes the offers buttons; without it they only look like some. */
export function Chat(props: { phone: Phone; onTap?: (line: Line, offer: Offer) => void }) {
  const { phone, onTap } = props;
  const { language } = usePreferences();
  const { zone } = useMe();
  return (
    <>
      {phone.lines.map((line) => (
        <div key={line.provider_id} className="conversation-row">
          <BubbleView
            bubble={bubbleOfLine(line, onTap === undefined)}
            side={line.side === "business" ? "in" : "out"}
            foot={
              <>
                <span>{inZone(new Date(line.at), zone, language, { timeStyle: "short" })}</span>
                {ticksOf(line)}
              </>
            }
          />
          {onTap !== undefined && line.offers.length > 0 && (
            <div className={`bubble-group is-in`}>
              {line.offers.map((offer) => (
                <button
                  key={offer.key}
                  type="button"
                  className="bubble-button is-tappable"
                  onClick={() => onTap(line, offer)}
                >
                  <RollbackOutlined aria-hidden /> <span>{offer.title}</span>
                </button>
              ))}
            </div>
          )}
        </div>
      ))}
      {phone.is_business_writing && <Writing side="in" />}
      {phone.is_person_writing && <Writing side="out" />}
    </>
  );
}
