// What happened in a session, event by event: of a play, or of a trace.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import { useMe } from "../app/session";
import { inZone } from "../parts/times";

export interface LoggedEvent {
  at: string;
  event: string;
  node_id: string | null;
  details: Readonly<Record<string, unknown>>;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const DAY: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", ...CLOCK };

export function EventLog(props: {
  events: readonly LoggedEvent[];
  /** The index up to which the page looks back; the others are faint. */
  until?: number;
  onOpen: (nodeId: string) => void;
  onPick?: (index: number) => void;
}) {
  const { t, i18n } = useTranslation("canvas");
  const { zone } = useMe();
  const { language } = usePreferences();
  const days = new Set(props.events.map((each) => inZone(new Date(each.at), zone, language, { dateStyle: "short" })));
  const form = days.size > 1 ? DAY : CLOCK;
  return (
    <ol className="log">
      {props.events.map((each, index) => {
        const key = `events.${each.event}`;
        const words = wordsOf(each.details, (at) => inZone(at, zone, language));
        return (
          // Events are never put in another order.
          <li key={index} className={props.until !== undefined && index > props.until ? "is-later" : ""}>
            {props.onPick === undefined ? (
              <span className="soft number">{inZone(new Date(each.at), zone, language, form)}</span>
            ) : (
              <button
                type="button"
                className="log-time number"
                aria-pressed={props.until === index}
                onClick={() => props.onPick?.(index)}
              >
                {inZone(new Date(each.at), zone, language, form)}
              </button>
            )}
            <span>
              {each.node_id !== null && (
                <>
                  <Button
                    type="link"
                    size="small"
                    style={{ padding: 0, height: "auto" }}
                    onClick={() => props.onOpen(each.node_id ?? "")}
                  >
                    {each.node_id}
                  </Button>{" "}
                </>
              )}
              {i18n.exists(key, { ns: "canvas" }) ? t(key, words) : each.event}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function wordsOf(
  details: Readonly<Record<string, unknown>>,
  timeOf: (at: Date) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (name.endsWith("_at") && typeof value === "string") return [name, timeOf(new Date(value))];
      if (typeof value === "string" || typeof value === "number") return [name, String(value)];
      return [name, value === null ? "–" : JSON.stringify(value)];
    }),
  );
}

/** Names and values, as code. */
export function VariableList({ variables }: { variables: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation("canvas");
  const entries = Object.entries(variables);
  return (
    <ul className="log">
      {entries.length === 0 && <li className="soft">{t("phone.noVariables")}</li>}
      {entries.map(([name, value]) => (
        <li key={name}>
          <code>{name}</code>
          <code className="soft">{typeof value === "string" ? value : JSON.stringify(value)}</code>
        </li>
      ))}
    </ul>
  );
}

/** The variables after so many events, as far as the events tell. */
export function variablesAfter(events: readonly LoggedEvent[], index: number): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const each of events.slice(0, index + 1)) {
    if (each.event === "variable_set" && typeof each.details.name === "string") {
      found[each.details.name] = each.details.value;
    }
    if (each.event === "reply_taken") found.reply = each.details.text;
  }
  return found;
}
