// The people of a dry run, each with what would become of them.

import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { SettledInput } from "../../parts/SettledInput";
import { ZonedTime } from "../../parts/Times";
import { contentOf, lineOf } from "../../parts/whatsapp";
import { useReason } from "../campaigns/words";
import { useComponentsOf } from "../templates/useComponents";
import { csvAddress, type DryRun, dryRunPeopleQuery, type DryRunSearch, type Person } from "./queries";
import { ForecastWord } from "./words";

export function DryRunPeople(props: {
  dryRun: DryRun;
  search: DryRunSearch;
  onSearch: (search: DryRunSearch) => void;
}) {
  const { dryRun, search, onSearch } = props;
  const { t } = useTranslation("dryRuns");
  const { outcome, reason, node, text } = search;
  const paging = usePaging(JSON.stringify([dryRun.id, outcome, reason, node, text]));
  const query = useQuery(dryRunPeopleQuery(dryRun.id, search, paging.cursor));
  const isFiltered = [outcome, reason, node, text].some((value) => value !== undefined);
  const clear = () =>
    onSearch({ outcome: undefined, reason: undefined, node: undefined, text: undefined });
  const open = (person: Person) => onSearch({ ...search, person: person.contact_id });
  const columns = useColumns(dryRun, query.data?.items ?? [], open);
  return (
    <section aria-label={t("peopleTitle")}>
      <div className="panel-head">
        <h2>{t("peopleTitle")}</h2>
        <span className="soft small">
          {t("sample", { count: dryRun.summary?.sample_count ?? 0 })}
        </span>
      </div>
      <search className="filters">
        <SettledInput
          value={text}
          label={t("search")}
          onChange={(next) => onSearch({ ...search, text: next })}
        />
        {isFiltered && <Button onClick={clear}>{t("parts:noneMatch.clear")}</Button>}
        <Button icon={<DownloadOutlined />} href={csvAddress(dryRun.id, search)} download>
          {t("csv")}
        </Button>
      </search>
      <ListTable<Person>
        label={t("peopleTitle")}
        query={query}
        columns={columns}
        card={(person) => <PersonCard person={person} zone={dryRun.zone} onOpen={open} />}
        rowKey="contact_id"
        paging={paging}
        minWidth={760}
        isFiltered={isFiltered}
        onClearFilters={clear}
        empty={<Empty title={t("nobody")} text={t("nobodyText")} />}
      />
    </section>
  );
}

function Name({ person }: { person: Person }) {
  const { t } = useTranslation("dryRuns");
  if (person.name === null) return <span className="soft">{t("deleted")}</span>;
  return <span style={{ overflowWrap: "anywhere" }}>{person.name || person.phone}</span>;
}

function Why({ person }: { person: Person }) {
  const inWords = useReason();
  if (person.reason === null) return <span className="soft">–</span>;
  return <>{inWords(person.reason, person.reason_in_words)}</>;
}

function useColumns(
  dryRun: DryRun,
  people: readonly Person[],
  onOpen: (person: Person) => void,
): NonNullable<TableProps<Person>["columns"]> {
  const { t } = useTranslation("dryRuns");
  const written = people.flatMap(({ content }) => (content ? [{ content }] : []));
  const components = useComponentsOf(written);
  return [
    {
      title: t("columns.name"),
      width: 170,
      render: (_, person) => (
        <>
          <Name person={person} />
          <div className="soft small number nowrap">{person.phone}</div>
        </>
      ),
    },
    {
      title: t("columns.outcome"),
      width: 150,
      render: (_, person) => (
        <>
          <ForecastWord outcome={person.outcome} />
          {person.reason !== null && (
            <div className="small">
              <Why person={person} />
            </div>
          )}
        </>
      ),
    },
    {
      title: t("columns.message"),
      render: (_, person) =>
        person.content === null ? (
          <span className="soft">–</span>
        ) : (
          <span className="ellipsis">
            {lineOf(contentOf(person.content), components(contentOf(person.content)))}
          </span>
        ),
    },
    {
      title: t("columns.time"),
      width: 165,
      render: (_, person) =>
        person.send_at === null ? (
          <span className="soft">–</span>
        ) : (
          <>
            <ZonedTime at={person.send_at} zone={dryRun.zone} withSeconds />
            <div className="soft small">{person.sender_name}</div>
          </>
        ),
    },
    {
      title: <span className="visually-hidden">{t("open")}</span>,
      align: "end",
      width: 90,
      render: (_, person) => (
        <Button size="small" onClick={() => onOpen(person)}>
          {t("open")}
        </Button>
      ),
    },
  ];
}

function PersonCard(props: { person: Person; zone: string; onOpen: (person: Person) => void }) {
  const { person, zone } = props;
  const { t } = useTranslation("dryRuns");
  return (
    <>
      <div className="card-head">
        <strong>
          <Name person={person} />
        </strong>
        <Button size="small" onClick={() => props.onOpen(person)}>
          {t("open")}
        </Button>
      </div>
      <div className="card-line">
        <ForecastWord outcome={person.outcome} />
        {person.send_at !== null && <ZonedTime at={person.send_at} zone={zone} withSeconds />}
      </div>
      {person.reason !== null && (
        <div className="small">
          <Why person={person} />
        </div>
      )}
    </>
  );
}
