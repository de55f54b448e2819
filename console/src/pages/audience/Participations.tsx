// What became of a contact in each campaign, and why.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Tone } from "../../app/theme";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { ListTable } from "../../parts/ListTable";
import { Loading } from "../../parts/Loading";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { ZonedTime } from "../../parts/Times";
import { explanationQuery, participationsQuery } from "./queries";

type Participation = Schemas["ParticipationAnswer"];
type Outcome = Participation["outcome"];

const TONES: Record<Outcome, Tone> = {
  pending: "wait",
  accepted: "ok",
  held: "hold",
  skipped: "mute",
  failed: "fail",
  in_doubt: "hold",
};

/** The furthest that this message came, for one that was accepted. */
function furthestOf(row: Participation): string | undefined {
  if (row.outcome !== "accepted") return undefined;
  if (row.replied_at !== null) return "replied";
  if (row.read_at !== null) return "read";
  if (row.delivered_at !== null) return "delivered";
  return row.sent_at === null ? undefined : "sent";
}

function Why(props: { contactId: number; row: Participation; onClose: () => void }) {
  const { t } = useTranslation("audience");
  const why = useQuery(explanationQuery(props.row.occurrence_id, props.contactId));
  return (
    <Drawer
      open
      onClose={props.onClose}
      size={480}
      title={t(`campaigns.why.${props.row.outcome}`, { campaign: props.row.campaign_name })}
    >
      {why.data === undefined ? (
        why.error === null ? (
          <Loading />
        ) : (
          <Failure problem={asProblem(why.error)} onRetry={() => void why.refetch()} />
        )
      ) : (
        <>
          <p>
            <Status tone={TONES[why.data.outcome]}>{t(`outcomes.${why.data.outcome}`)}</Status>{" "}
            {why.data.reason_in_words}
          </p>
          <ol className="steps-list">
            {why.data.facts.map((fact) => (
              <li key={`${fact.at} ${fact.kind} ${fact.message_id}`}>
                <span>{fact.text}</span>
                {fact.detail !== null && <span className="soft">{fact.detail}</span>}
                <span className="soft small">
                  <ZonedTime at={fact.at} withSeconds />
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Drawer>
  );
}

export function Participations({ contactId }: { contactId: number }) {
  const { t } = useTranslation("audience");
  const paging = usePaging(String(contactId));
  const participations = useQuery(participationsQuery(contactId, paging.cursor));
  const [opened, setOpened] = useState<Participation>();
  const columns: TableProps<Participation>["columns"] = [
    {
      title: t("campaigns.campaign"),
      key: "campaign",
      render: (_, row) => (
        <span className="two-lines">
          <Link to="/campaigns/$campaignId" params={{ campaignId: row.campaign_id }}>
            {row.campaign_name}
          </Link>
          <span className="soft small">
            <ZonedTime at={row.scheduled_at} />
          </span>
        </span>
      ),
    },
    {
      title: t("campaigns.outcome"),
      key: "outcome",
      render: (_, row) => {
        const furthest = furthestOf(row);
        return (
          <span className="two-lines">
            <span>
              <Status tone={TONES[row.outcome]}>
                {t(furthest === undefined ? `outcomes.${row.outcome}` : `stages.${furthest}`)}
              </Status>
            </span>
            {row.reason_in_words !== null && (
              <span className="soft small">{row.reason_in_words}</span>
            )}
          </span>
        );
      },
    },
    {
      key: "why",
      align: "right",
      render: (_, row) => (
        <Button
          size="small"
          aria-label={t("campaigns.whyOf", { campaign: row.campaign_name })}
          onClick={() => setOpened(row)}
        >
          {t("campaigns.whyButton")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <ListTable<Participation>
        label={t("campaigns.title")}
        query={participations}
        columns={columns}
        rowKey="occurrence_id"
        paging={paging}
        minWidth={480}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={<Empty title={t("campaigns.emptyTitle")} text={t("campaigns.emptyText")} />}
      />
      {opened !== undefined && (
        <Why contactId={contactId} row={opened} onClose={() => setOpened(undefined)} />
      )}
    </>
  );
}
