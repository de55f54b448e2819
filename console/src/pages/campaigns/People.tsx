// The people of an occurrence, each with an outcome and a reason.

import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { SettledInput } from "../../parts/SettledInput";
import { Ago } from "../../parts/Times";
import type { Campaign } from "./draft";
import { Explanation } from "./Explanation";
import { OccurrencePicker, useDetailSearch, useOccurrence } from "./occurrence";
import { type Outcome, peopleQuery, type PeopleSearch, reasonsQuery } from "./queries";
import type { DetailSearch } from "./search";
import { OUTCOMES, OutcomeWord, useReason } from "./words";

type Participant = Schemas["ParticipantAnswer"];

export function CampaignPeople({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation("campaigns");
  const { query, chosenOrNewest } = useOccurrence(campaign);
  if (query.data !== undefined && chosenOrNewest === undefined) {
    return (
      <div className="panel">
        <Empty title={t("detail.noOccurrences")} />
      </div>
    );
  }
  if (chosenOrNewest === undefined) return null;
  return <PeopleOf campaign={campaign} occurrenceId={chosenOrNewest.id} />;
}

function csvAddress(occurrenceId: number, search: PeopleSearch): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined);
  const query = new URLSearchParams(given as [string, string][]).toString();
  return `/api/v1/occurrences/${occurrenceId}/participants.csv${query && `?${query}`}`;
}

function PeopleOf({ campaign, occurrenceId }: { campaign: Campaign; occurrenceId: number }) {
  const { t } = useTranslation("campaigns");
  const { search, change } = useDetailSearch(campaign.id);
  const outcome = OUTCOMES.find((each) => each === search.outcome);
  const wanted: PeopleSearch = { outcome, reason: search.reason, text: search.text };
  const paging = usePaging(JSON.stringify([occurrenceId, wanted]));
  const query = useQuery(peopleQuery(occurrenceId, wanted, paging.cursor));
  const [explained, setExplained] = useState<number>();
  const filter = (next: DetailSearch) => change({ ...search, ...next });
  return (
    <>
      <search className="filters">
        <OccurrencePicker campaign={campaign} />
        <SettledInput
          value={search.text}
          label={t("people.search")}
          onChange={(text) => filter({ text })}
        />
        <Select<Outcome>
          allowClear
          aria-label={t("people.outcome")}
          placeholder={t("people.allOutcomes")}
          value={outcome}
          onChange={(value) => filter({ outcome: value, reason: undefined })}
          options={OUTCOMES.map((each) => ({ value: each, label: t(`outcomes.${each}`) }))}
          style={{ width: 160 }}
        />
        <ReasonSelect
          occurrenceId={occurrenceId}
          outcome={outcome}
          value={search.reason}
          onChange={(reason) => filter({ reason })}
        />
        <Button icon={<DownloadOutlined />} href={csvAddress(occurrenceId, wanted)} download>
          {t("people.csv")}
        </Button>
      </search>
      <ListTable<Participant>
        label={t("people.label")}
        query={query}
        columns={useColumns(setExplained)}
        card={(person) => <PersonCard person={person} onExplain={setExplained} />}
        rowKey="contact_id"
        paging={paging}
        minWidth={720}
        isFiltered={Object.values(wanted).some((value) => value !== undefined)}
        onClearFilters={() => filter({ outcome: undefined, reason: undefined, text: undefined })}
        empty={<Empty title={t("people.empty")} text={t("people.emptyText")} />}
      />
      {explained !== undefined && (
        <Explanation
          occurrenceId={occurrenceId}
          contactId={explained}
          onClose={() => setExplained(undefined)}
        />
      )}
    </>
  );
}

function ReasonSelect(props: {
  occurrenceId: number;
  outcome?: Outcome;
  value?: string;
  onChange: (reason: string | undefined) => void;
}) {
  const { t } = useTranslation("campaigns");
  const inWords = useReason();
  const { data } = useQuery(reasonsQuery(props.occurrenceId));
  const options = (data?.items ?? [])
    .filter((each) => props.outcome === undefined || each.outcome === props.outcome)
    .flatMap(({ reason, reason_in_words }) =>
      reason === null ? [] : [{ value: reason, label: inWords(reason, reason_in_words) }],
    );
  const once = [...new Map(options.map((option) => [option.value, option])).values()];
  return (
    <Select
      allowClear
      aria-label={t("people.reason")}
      placeholder={t("people.allReasons")}
      value={props.value}
      onChange={props.onChange}
      options={once}
      style={{ width: 210 }}
    />
  );
}

function Name({ person }: { person: Participant }) {
  const { t } = useTranslation("campaigns");
  if (person.name === null) return <span className="soft">{t("people.deleted")}</span>;
  return <span style={{ overflowWrap: "anywhere" }}>{person.name || person.phone}</span>;
}

function Reason({ person }: { person: Participant }) {
  const inWords = useReason();
  if (person.reason === null) return <span className="soft">–</span>;
  return (
    <>
      {inWords(person.reason, person.reason_in_words)}
      {person.error_code !== null && (
        <div className="soft small">
          <code>{person.error_code}</code> {person.error_title}
        </div>
      )}
    </>
  );
}

// The furthest that a message came.
const LADDER = ["replied", "read", "delivered", "sent", "accepted"] as const;

function Furthest({ person }: { person: Participant }) {
  const { t } = useTranslation("campaigns");
  const step = LADDER.find((each) => person[`${each}_at`] !== null);
  const at = step && person[`${step}_at`];
  if (step === undefined || !at) return <span className="soft">–</span>;
  return (
    <>
      {t(`ladder.${step}`)} <span className="soft small"><Ago at={at} /></span>
    </>
  );
}

function useColumns(onExplain: (contactId: number) => void): NonNullable<TableProps<Participant>["columns"]> {
  const { t } = useTranslation("campaigns");
  return [
    { title: t("people.name"), render: (_, person) => <Name person={person} /> },
    {
      title: t("people.phone"),
      render: (_, person) => <span className="number nowrap">{person.phone}</span>,
    },
    { title: t("people.outcome"), render: (_, person) => <OutcomeWord outcome={person.outcome} /> },
    { title: t("people.reason"), render: (_, person) => <Reason person={person} /> },
    { title: t("people.message"), render: (_, person) => <Furthest person={person} /> },
    {
      title: <span className="visually-hidden">{t("people.why")}</span>,
      align: "end",
      render: (_, person) => (
        <Button size="small" onClick={() => onExplain(person.contact_id)}>
          {t("people.why")}
        </Button>
      ),
    },
  ];
}

function PersonCard(props: { person: Participant; onExplain: (contactId: number) => void }) {
  const { person } = props;
  const { t } = useTranslation("campaigns");
  return (
    <>
      <div className="card-head">
        <strong>
          <Name person={person} />
        </strong>
        <Button size="small" onClick={() => props.onExplain(person.contact_id)}>
          {t("people.why")}
        </Button>
      </div>
      <div className="card-line">
        <OutcomeWord outcome={person.outcome} />
        <span className="number soft">{person.phone}</span>
      </div>
      {person.reason !== null && (
        <div className="small">
          <Reason person={person} />
        </div>
      )}
    </>
  );
}
