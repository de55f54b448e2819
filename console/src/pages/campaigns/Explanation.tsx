// One person explains itself: every dated fact behind an outcome.

import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { ZonedTime } from "../../parts/Times";
import { explanationQuery } from "./queries";
import { OutcomeWord, useReason } from "./words";

export function Explanation(props: { occurrenceId: number; contactId: number; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const inWords = useReason();
  const { data, error, refetch } = useQuery(explanationQuery(props.occurrenceId, props.contactId));
  const name = data?.contact_name || data?.contact_phone || t("people.deleted");
  return (
    <Drawer
      open
      size="min(460px, 100vw)"
      onClose={props.onClose}
      title={data === undefined ? t("people.why") : t("people.explain", { name })}
    >
      {data === undefined &&
        (error === null ? (
          <Loading />
        ) : (
          <Failure problem={asProblem(error)} onRetry={() => void refetch()} />
        ))}
      {data !== undefined && (
        <>
          <p>
            <OutcomeWord outcome={data.outcome} />{" "}
            {data.reason !== null && inWords(data.reason, data.reason_in_words)}
          </p>
          {data.facts.length === 0 && <p className="soft">{t("people.nothingYet")}</p>}
          <ol className="timeline" tabIndex={0} aria-label={t("people.why")}>
            {data.facts.map((fact) => (
              <li key={`${fact.at} ${fact.kind} ${fact.message_id} ${fact.text}`}>
                <div>{fact.text}</div>
                {fact.detail !== null && <div className="soft small">{fact.detail}</div>}
                <div className="soft small">
                  <ZonedTime at={fact.at} withSeconds />
                </div>
              </li>
            ))}
          </ol>
        </>
      )}
    </Drawer>
  );
}
