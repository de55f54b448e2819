// What became of a contact in each campaign, and why.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { ZonedTime } from "../../parts/Times";
import { Explanation } from "../campaigns/Explanation";
import { OUTCOME_TONES, OutcomeWord, useReason } from "../campaigns/words";
import { participationsQuery } from "./queries";

type Participation = Schemas["ParticipationAnswer"];
type Stage = "replied" | "read" | "delivered" | "sent";

/** The furthest that this message came, for one that was accepted. */
function furthestOf(row: Participation): Stage | undefined {
  if (row.outcome !== "accepted") return undefined;
  if (row.replied_at !== null) return "replied";
  if (row.read_at !== null) return "read";
  if (row.delivered_at !== null) return "delivered";
  return row.sent_at === null ? undefined : "sent";
}

function Outcome({ row }: { row: Participation }) {
  const { t } = useTranslation("audience");
  const inWords = useReason();
  const furthest = furthestOf(row);
  return (
    <span className="two-lines">
      <span>
        {furthest === undefined ? (
          <OutcomeWord outcome={row.outcome} />
        ) : (
          <Status tone={OUTCOME_TONES[row.outcome]}>{t(`stages.${furthest}`)}</Status>
        )}
      </span>
      {row.reason !== null && (
        <span className="soft small">{inWords(row.reason, row.reason_in_words)}</span>
      )}
    </span>
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
      render: (_, row) => <Outcome row={row} />,
    },
    {
      title: <HiddenTitle />,
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
        <Explanation
          occurrenceId={opened.occurrence_id}
          contactId={contactId}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}
