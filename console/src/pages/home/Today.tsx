// Today in five numbers against the same day of last week, and the next 24 hours on a line.

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { Count } from "../../parts/Count";
import { useNow } from "../../parts/now";
import { exactCount } from "../../parts/numbers";
import { inZone } from "../../parts/times";
import type { HomeAnswer } from "./queries";

const NUMBERS = ["sent", "delivered", "read", "received", "opted_out"] as const;
const DAY_MILLISECONDS = 86_400_000;
const LISTED = 6;

export function Today({ home }: { home: HomeAnswer }) {
  const { t } = useTranslation("home");
  const { language } = usePreferences();
  return (
    <section>
      <h2 className="section-title">{t("today.title")}</h2>
      <ul className="today" aria-label={t("today.title")}>
      {NUMBERS.map((name) => (
        <li key={name} className="panel">
          <span className="soft">{t(`today.${name}`)}</span>
          <strong>
            <Count value={home.today[`${name}_count`]} />
          </strong>
          <span className="soft small">
            {t("today.lastWeek", {
              count: home.last_week[`${name}_count`],
              replace: { count: exactCount(home.last_week[`${name}_count`], language) },
            })}
          </span>
        </li>
      ))}
      </ul>
    </section>
  );
}

interface Row {
  id: number;
  name: string;
  at: string[];
}

function rowsOf(coming: HomeAnswer["coming"]): Row[] {
  const rows = new Map<number, Row>();
  for (const { campaign_id: id, campaign_name: name, scheduled_at } of coming) {
    const row = rows.get(id) ?? { id, name, at: [] };
    row.at.push(scheduled_at);
    rows.set(id, row);
  }
  return [...rows.values()];
}

export function NextDay({ home }: { home: HomeAnswer }) {
  const { t } = useTranslation("home");
  const { language } = usePreferences();
  const now = useNow().getTime();
  const rows = rowsOf(home.coming);
  const clock = (at: string) => inZone(new Date(at), home.zone, language, { timeStyle: "short" });
  if (rows.length === 0) return <p className="soft">{t("nextNone")}</p>;
  return (
    <ul className="rows next-day" aria-label={t("timeline")}>
      {rows.slice(0, LISTED).map((row) => (
        <li key={row.id}>
          <span className="next-day-head">
            <Link to="/campaigns/$campaignId" params={{ campaignId: row.id }} search={{}}>
              {row.name}
            </Link>
            <span className="soft small">
              {clock(row.at[0] ?? "")}
              {row.at.length > 1 && ` · ${t("occurrences", { count: row.at.length })}`}
            </span>
          </span>
          <span className="next-day-line" aria-hidden="true">
            {row.at.map((at) => (
              <i
                key={at}
                style={{
                  insetInlineStart: `${Math.min(100, Math.max(0, ((Date.parse(at) - now) / DAY_MILLISECONDS) * 100))}%`,
                }}
              />
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
