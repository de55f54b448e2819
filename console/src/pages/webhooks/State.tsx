// How an endpoint stands: switched off, or what became of the newest delivery.

import { useTranslation } from "react-i18next";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { type Delivery, type Endpoint, TONES } from "./queries";

export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation("webhooks");
  if (!endpoint.is_active) return <Status tone="mute">{t("states.off")}</Status>;
  if (endpoint.last_status === null) return <Status tone="wait">{t("states.new")}</Status>;
  const tone = endpoint.last_status === "waiting" ? "hold" : TONES[endpoint.last_status];
  return <Status tone={tone}>{t(`states.${endpoint.last_status}`)}</Status>;
}

/** What the receiver said last, in one line: its HTTP status and its own words. */
export function Answer(props: { status: number | null; answer: string | null; at?: string | null }) {
  const { status, answer, at } = props;
  const { t } = useTranslation("webhooks");
  const told = answer === null || answer === "" ? null : answer;
  if (status === null && told === null) return <span className="soft">–</span>;
  return (
    <span className="two-lines">
      <span>
        {status === null ? t("notReached") : t("http", { status })}
        {typeof at === "string" && (
          <span className="soft">
            {" · "}
            <Ago at={at} />
          </span>
        )}
      </span>
      {told !== null && <span className="soft small details">{told}</span>}
    </span>
  );
}

export function KindList({ kinds }: { kinds: Delivery["kinds"] }) {
  const { t } = useTranslation("webhooks");
  return (
    <span className="chips">
      {kinds.map((kind) => (
        <span key={kind} className="chip">
          {t(`kindWords.${kind.replace(".", "_")}`, { defaultValue: kind })}
        </span>
      ))}
    </span>
  );
}
