// The numbers of a campaign, of all occurrences together or of one.

import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { Count, Share } from "../../parts/Count";
import { Shape } from "../../parts/Status";
import { inZone } from "../../parts/times";
import { Duration, ZonedTime } from "../../parts/Times";
import type { Campaign } from "./draft";
import { CampaignProgress } from "./Progress";
import { type Occurrence, useDetailSearch, useOccurrence } from "./occurrence";
import type { Outcome } from "./queries";
import { OCCURRENCE_TONES, OccurrenceStatusWord, OUTCOME_TONES, OUTCOMES, useReason } from "./words";

type Counts = Schemas["CountsAnswer"];

const FUNNEL = [
  ["audience", "audience_count"],
  ["accepted", "accepted_count"],
  ["sent", "sent_count"],
  ["delivered", "delivered_count"],
  ["read", "read_count"],
  ["replied", "replied_count"],
] as const;

// Late enough to be worth a word.
const LATE_SECONDS = 30;
const STRIP_LIMIT = 60;

export function CampaignOverview({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { items, chosen } = useOccurrence(campaign);
  const counts = chosen?.counts ?? campaign.counts;
  return (
    <>
      {campaign.progress?.is_running && (
        <div className="panel">
          <CampaignProgress campaign={campaign} />
        </div>
      )}
      {items.length === 0 ? (
        <div className="panel state">
          <p>{t("detail.noOccurrences")}</p>
        </div>
      ) : (
        <>
          <div className="two-panels">
            <Funnel campaign={campaign} counts={counts} chosen={chosen} />
            <Balance campaign={campaign} counts={counts} />
          </div>
          <Occurrences campaign={campaign} items={items} chosen={chosen} />
        </>
      )}
    </>
  );
}

function OfWhat({ campaign, chosen }: { campaign: Campaign; chosen?: Occurrence }) {
  const { t } = useTranslation("campaigns");
  return (
    <p className="soft small" style={{ margin: "-8px 0 12px" }}>
      {chosen === undefined ? (
        t("detail.all")
      ) : (
        <>
          {t("detail.ofOccurrence")} <ZonedTime at={chosen.scheduled_at} zone={campaign.zone} />
        </>
      )}
    </p>
  );
}

function Funnel(props: { campaign: Campaign; counts: Counts; chosen?: Occurrence }) {
  const { campaign, counts } = props;
  const { t } = useTranslation("campaigns");
  const whole = counts.audience_count;
  return (
    <section className="panel">
      <h2>{t("detail.funnel")}</h2>
      <OfWhat campaign={campaign} chosen={props.chosen} />
      <ol className="funnel">
        {FUNNEL.map(([name, field]) => (
          <li key={name}>
            <span>{t(`funnel.${name}`)}</span>
            <span className="track">
              <span style={{ width: `${whole > 0 ? (counts[field] / whole) * 100 : 0}%` }} />
            </span>
            <span className="value">
              <strong>
                <Count value={counts[field]} />
              </strong>{" "}
              <span className="soft">
                <Share part={counts[field]} whole={whole} />
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function countOf(counts: Counts, outcome: Outcome): number {
  return counts[`${outcome}_count`];
}

/** Where everybody is; each part opens its people. */
function Balance({ campaign, counts }: { campaign: Campaign; counts: Counts }) {
  const { t } = useTranslation("campaigns");
  const { search, change } = useDetailSearch(campaign.id);
  const parts = OUTCOMES.filter((outcome) => countOf(counts, outcome) > 0);
  return (
    <section className="panel">
      <h2>{t("detail.balance")}</h2>
      <p className="soft small" style={{ margin: "-8px 0 12px" }}>
        {t("detail.addsUp")}
      </p>
      <div className="balance-parts" aria-hidden="true">
        {parts.map((outcome) => (
          <span
            key={outcome}
            className={`tone-${OUTCOME_TONES[outcome]}`}
            style={{ flex: countOf(counts, outcome) }}
          />
        ))}
      </div>
      <div className="balance">
        {parts.map((outcome) => (
          <button
            key={outcome}
            type="button"
            className={`status-button tone-${OUTCOME_TONES[outcome]}`}
            aria-label={t("funnel.openPeople", { name: t(`outcomes.${outcome}`) })}
            onClick={() =>
              change({ tab: "people", occurrence: search.occurrence, outcome, reason: undefined })
            }
          >
            <Shape tone={OUTCOME_TONES[outcome]} /> {t(`outcomes.${outcome}`)}{" "}
            <Count value={countOf(counts, outcome)} />
          </button>
        ))}
      </div>
    </section>
  );
}

function Occurrences(props: { campaign: Campaign; items: Occurrence[]; chosen?: Occurrence }) {
  const { campaign, items, chosen } = props;
  const { t } = useTranslation("campaigns");
  const { language } = usePreferences();
  const { search, change } = useDetailSearch(campaign.id);
  const inWords = useReason();
  const choose = (id: number) =>
    change({ ...search, occurrence: id === chosen?.id ? undefined : id });
  return (
    <section className="panel">
      <h2>{t("detail.occurrences")}</h2>
      <div className="strip">
        {items.slice(0, STRIP_LIMIT).toReversed().map((each) => {
          const label = t("occurrence.cell", {
            at: inZone(new Date(each.scheduled_at), campaign.zone, language),
            status: t(`occurrence.${each.status}`),
          });
          return (
            <button
              key={each.id}
              type="button"
              className={`tone-${OCCURRENCE_TONES[each.status]}`}
              aria-pressed={each.id === chosen?.id}
              aria-label={label}
              title={label}
              onClick={() => choose(each.id)}
            >
              <Shape tone={OCCURRENCE_TONES[each.status]} />
            </button>
          );
        })}
      </div>
      <div style={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label={t("detail.occurrences")}>
        <Table<Occurrence>
          size="small"
          rowKey="id"
          dataSource={items}
          pagination={items.length > 10 ? { pageSize: 10, showSizeChanger: false } : false}
          style={{ minWidth: 620 }}
          columns={[
            {
              title: t("occurrence.scheduled"),
              render: (_, each) => (
                <button type="button" className="link-button" onClick={() => choose(each.id)}>
                  <ZonedTime at={each.scheduled_at} zone={campaign.zone} />
                </button>
              ),
            },
            {
              title: t("occurrence.status"),
              render: (_, each) => (
                <>
                  <OccurrenceStatusWord status={each.status} />
                  {each.reason !== null && (
                    <div className="soft small">{inWords(each.reason, each.reason_in_words)}</div>
                  )}
                  <Lateness occurrence={each} />
                </>
              ),
            },
            { title: t("occurrence.took"), render: (_, each) => <Took occurrence={each} /> },
            {
              title: t("occurrence.audience"),
              align: "end",
              render: (_, each) => <Count value={each.counts.audience_count} />,
            },
            {
              title: t("occurrence.accepted"),
              align: "end",
              render: (_, each) => <Count value={each.counts.accepted_count} />,
            },
            {
              title: t("occurrence.failed"),
              align: "end",
              render: (_, each) => <Count value={each.counts.failed_count} />,
            },
          ]}
        />
      </div>
    </section>
  );
}

function secondsBetween(from: string, to: string): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}

function Took({ occurrence }: { occurrence: Occurrence }) {
  const { started_at, finished_at } = occurrence;
  if (started_at === null || finished_at === null) return <span className="soft">–</span>;
  return <Duration seconds={Math.max(1, Math.round(secondsBetween(started_at, finished_at)))} />;
}

function Lateness({ occurrence }: { occurrence: Occurrence }) {
  const { t } = useTranslation("campaigns");
  if (occurrence.started_at === null) return null;
  const seconds = secondsBetween(occurrence.scheduled_at, occurrence.started_at);
  if (seconds < LATE_SECONDS) return null;
  const [before, after] = t("occurrence.late", { delay: "\u0000" }).split("\u0000");
  return (
    <div className="soft small">
      {before}
      <Duration seconds={seconds} />
      {after}
    </div>
  );
}
