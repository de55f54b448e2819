// Where people wait in the versions of a flow; those whose step changes come first.

import { useTranslation } from "react-i18next";
import { Count } from "../../parts/Count";
import { Status } from "../../parts/Status";
import type { Publication } from "./queries";

const MOST = 6;

export function WaitingBrief({ publication }: { publication: Publication }) {
  const { t } = useTranslation("flows");
  const rows = publication.waiting.toSorted(
    (one, other) =>
      Number(other.is_disturbed) - Number(one.is_disturbed) || other.waiting_count - one.waiting_count,
  );
  return (
    <ul className="waiting-brief">
      {rows.slice(0, MOST).map((each) => (
        <li key={`${each.number}/${each.node_id}`}>
          <Count value={each.waiting_count} /> <code>{each.node_id}</code>{" "}
          <span className="soft small">{t("versions.number", { number: each.number })}</span>{" "}
          {each.is_disturbed && <Status tone="hold">{t("publish.disturbedHere")}</Status>}
        </li>
      ))}
      {rows.length > MOST && <li className="soft">{t("publish.moreSteps", { count: rows.length - MOST })}</li>}
    </ul>
  );
}
