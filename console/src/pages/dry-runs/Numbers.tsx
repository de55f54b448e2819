// A dry run in numbers: the sentence, what to know before, reasons that filter, senders.

import { Alert, Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { exactCount } from "../../parts/numbers";
import { ZonedTime } from "../../parts/Times";
import { durationInWords, inZone } from "../../parts/times";
import { useReason } from "../campaigns/words";
import { Histogram } from "./Histogram";
import { type DryRun, type DryRunSearch, FORECASTS, type Forecast, type Summary } from "./queries";
import { ForecastWord } from "./words";

type Filter = (search: DryRunSearch) => void;

/** Who gets it and when, in one sentence of the person's language. */
export function useSentence(): (summary: Summary, zone: string) => string {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const count = (value: number) => exactCount(value, language);
  return (summary, zone) => {
    const at = (when: string) =>
      inZone(new Date(when), zone, language, { dateStyle: "medium", timeStyle: "medium" });
    const numbers = {
      send: count(summary.send_count),
      audience: count(summary.audience_count),
      held: count(summary.held_count),
      skipped: count(summary.skipped_count),
      failed: count(summary.failed_count),
    };
    if (summary.first_send_at === null || summary.finish_at === null) {
      return t("sentenceNobody", numbers);
    }
    return t("sentence", {
      ...numbers,
      first: at(summary.first_send_at),
      finish: at(summary.finish_at),
      zone,
    });
  };
}

function Change({ now, before }: { now: number; before: number | undefined }) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  if (before === undefined || before === now) return null;
  const sign = now > before ? "+" : "−";
  return (
    <span className="soft small number" title={t("before", { count: before })}>
      {sign}
      {exactCount(Math.abs(now - before), language)}
    </span>
  );
}

/** The four numbers that add up to the audience; each filters the people. */
function Balance({ dryRun, summary, search, onFilter }: Inside) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const previous = dryRun.previous ?? undefined;
  return (
    <ul className="balance" aria-label={t("balance")}>
      <li>
        <span className="soft">{t("audience")}</span>
        <strong className="number">{exactCount(summary.audience_count, language)}</strong>
        <Change now={summary.audience_count} before={previous?.audience_count} />
      </li>
      {FORECASTS.map((outcome) => (
        <li key={outcome}>
          <button
            type="button"
            aria-pressed={search.outcome === outcome && search.reason === undefined}
            onClick={() => onFilter(toggled(search, outcome, undefined, undefined))}
          >
            <ForecastWord outcome={outcome} />
            <strong className="number">{exactCount(summary[`${outcome}_count`], language)}</strong>
            <Change now={summary[`${outcome}_count`]} before={previous?.[`${outcome}_count`]} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function toggled(
  search: DryRunSearch,
  outcome: Forecast,
  reason: string | undefined,
  node: string | undefined,
): DryRunSearch {
  const isOn = search.outcome === outcome && search.reason === reason && search.node === node;
  return { ...search, ...(isOn ? NO_FILTER : { outcome, reason, node }) };
}

const NO_FILTER = { outcome: undefined, reason: undefined, node: undefined };

interface Inside {
  dryRun: DryRun;
  summary: Summary;
  search: DryRunSearch;
  onFilter: Filter;
}

/** How many, why, and at which step of the flow. */
function Reasons({ dryRun, summary, search, onFilter }: Inside) {
  const { t } = useTranslation("dryRuns");
  const inWords = useReason();
  const before = new Map(
    (dryRun.previous?.reasons ?? []).map((each) => [
      `${each.outcome} ${each.reason} ${each.node_id}`,
      each.people_count,
    ]),
  );
  return (
    <ul className="reasons" aria-label={t("reasons")}>
      {summary.reasons.map((each) => {
        const { outcome, reason, node_id: node, people_count: count } = each;
        const key = `${outcome} ${reason} ${node}`;
        const isChosen =
          search.outcome === outcome &&
          search.reason === (reason ?? undefined) &&
          search.node === (node ?? undefined);
        return (
          <li key={key}>
            <ForecastWord outcome={outcome} />
            <span className="what">
              {reason === null ? t("getsIt") : inWords(reason, each.reason_in_words)}
              {node !== null && <code className="soft small"> {node}</code>}
            </span>
            <Change now={count} before={dryRun.previous ? (before.get(key) ?? 0) : undefined} />
            <Button
              size="small"
              type={isChosen ? "primary" : "default"}
              aria-pressed={isChosen}
              onClick={() =>
                onFilter(toggled(search, outcome, reason ?? undefined, node ?? undefined))
              }
            >
              {t("people", { count })}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function Notices({ summary }: { summary: Summary }) {
  const { t, i18n } = useTranslation("dryRuns");
  return summary.notices.map((notice) => {
    const key = `notices.${notice.code}`;
    return (
      <Alert
        key={JSON.stringify(notice)}
        type="warning"
        showIcon
        style={{ marginBottom: 8 }}
        title={i18n.exists(key, { ns: "dryRuns" }) ? t(key, notice.details) : notice.text}
      />
    );
  });
}

function Senders({ dryRun, summary }: { dryRun: DryRun; summary: Summary }) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const count = (value: number) => exactCount(value, language);
  const rows: [string, (each: Summary["senders"][number]) => ReactNode][] = [
    [t("senders.name"), (each) => each.name],
    [t("senders.count"), (each) => count(each.send_count)],
    [t("senders.rate"), (each) => t("senders.perSecond", { rate: each.rate_per_second })],
    [t("senders.waiting"), (each) => count(each.waiting_count)],
    [
      t("senders.limit"),
      (each) =>
        each.day_limit === null
          ? "–"
          : t("senders.used", { used: count(each.day_used_count), limit: count(each.day_limit) }),
    ],
    [
      t("senders.finish"),
      (each) =>
        each.finish_at === null ? "–" : <ZonedTime at={each.finish_at} zone={dryRun.zone} withSeconds />,
    ],
  ];
  if (summary.senders.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on a narrow screen
    <section className="table-scroll" tabIndex={0} aria-label={t("senders.label")}>
      <table className="mapping">
        <thead>
          <tr>
            {rows.map(([title]) => (
              <th key={title}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {summary.senders.map((each) => (
            <tr key={each.id}>
              {rows.map(([title, show]) => (
                <td key={title} className="number">
                  {show(each)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function Numbers(props: Inside) {
  const { dryRun, summary } = props;
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const sentence = useSentence();
  const seconds =
    summary.first_send_at === null || summary.finish_at === null
      ? undefined
      : (Date.parse(summary.finish_at) - Date.parse(summary.first_send_at)) / 1000;
  return (
    <>
      <p className="lead">{sentence(summary, dryRun.zone)}</p>
      <Notices summary={summary} />
      <Balance {...props} />
      <div className="split is-even">
        <section className="panel">
          <div className="panel-head">
            <h2>{t("whenTitle")}</h2>
            {seconds !== undefined && (
              <span className="soft small">{durationInWords(seconds, language)}</span>
            )}
          </div>
          <Histogram summary={summary} zone={dryRun.zone} />
          <Senders dryRun={dryRun} summary={summary} />
        </section>
        <section className="panel">
          <div className="panel-head">
            <h2>{t("whyTitle")}</h2>
          </div>
          <Reasons {...props} />
        </section>
      </div>
    </>
  );
}
