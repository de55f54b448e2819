// Who was left out, held or failed, grouped by the reason; each group opens its people.

import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import type { Campaign } from "./draft";
import { OccurrencePicker, useDetailSearch, useOccurrence } from "./occurrence";
import { reasonsQuery } from "./queries";
import { OutcomeWord, useReason } from "./words";

const WELL = new Set(["accepted", "pending"]);

export function CampaignReasons({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { query, chosenOrNewest } = useOccurrence(campaign);
  if (query.data === undefined) return <Loading />;
  if (chosenOrNewest === undefined) {
    return (
      <div className="panel">
        <Empty title={t("detail.noOccurrences")} />
      </div>
    );
  }
  return (
    <>
      <div className="filters">
        <OccurrencePicker campaign={campaign} />
      </div>
      <section className="panel" aria-label={t("failures.label")}>
        <Groups campaign={campaign} occurrenceId={chosenOrNewest.id} />
      </section>
    </>
  );
}

function Groups({ campaign, occurrenceId }: { campaign: Campaign; occurrenceId: number }) {
  const { t } = useTranslation("campaigns");
  const inWords = useReason();
  const { change } = useDetailSearch(campaign.id);
  const { data, error, refetch } = useQuery(reasonsQuery(occurrenceId));
  if (data === undefined) {
    if (error === null) return <Loading rows={3} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  const groups = data.items.filter((group) => !WELL.has(group.outcome));
  if (groups.length === 0) {
    return <Empty title={t("failures.none")} text={t("failures.noneText")} />;
  }
  return (
    <ul className="reasons">
      {groups.map(({ outcome, reason, reason_in_words, participant_count: count }) => (
        <li key={`${outcome} ${reason}`}>
          <OutcomeWord outcome={outcome} />
          <span className="what">
            {reason === null ? t("failures.unknown") : inWords(reason, reason_in_words)}
          </span>
          <Button
            size="small"
            onClick={() =>
              change({ tab: "people", occurrence: occurrenceId, outcome, reason: reason ?? undefined })
            }
          >
            {t("failures.show", { count })}
          </Button>
        </li>
      ))}
    </ul>
  );
}
