// What became of those who waited in older versions when a newer one was published.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { changeoversQuery } from "./queries";

export function Changeovers({ flowId }: { flowId: number }) {
  const { t } = useTranslation("flows");
  const { data } = useQuery(changeoversQuery(flowId));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <>
      <h2 className="panel-title">{t("changeovers.title")}</h2>
      <ul className="versions">
        {data.items.map((each) => (
          <li key={each.id}>
            <div>
              <strong>{t("versions.number", { number: each.number })}</strong>{" "}
              <Status tone={each.status === "running" ? "run" : "ok"}>{t(`changeovers.${each.status}`)}</Status>
              <div>
                {each.mode === "move"
                  ? t("changeovers.moved", { count: each.moved_count, kept: each.kept_count })
                  : t("changeovers.stopped", { count: each.stopped_count })}
              </div>
              <div className="soft small">
                <Ago at={each.started_at} /> · {each.asked_by}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
