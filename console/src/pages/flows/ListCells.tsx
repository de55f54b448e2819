// What a row of the list of flows tells besides its name: who uses it, who waits, what is wrong.

import { Link } from "@tanstack/react-router";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import type { Schemas } from "../../api/client";
import { exactCount } from "../../parts/numbers";
import { Status } from "../../parts/Status";
import type { FlowSummary } from "./queries";

// The server counts no further.
const MOST_COUNTED = 10_000;

export function UsedBy({ flow }: { flow: FlowSummary }) {
  const { t } = useTranslation("flows");
  if (flow.live_campaign_count === 0 && flow.binding_count === 0) return <span className="soft">–</span>;
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: "0 12px" }}>
      {flow.live_campaign_count > 0 && (
        <Link to="/campaigns" search={{ flow_id: flow.id }}>
          {t("campaigns", { count: flow.live_campaign_count })}
        </Link>
      )}
      {flow.binding_count > 0 && (
        <Link to="/flows/bindings" search={{ flow: flow.id }}>
          {t("bindings", { count: flow.binding_count })}
        </Link>
      )}
    </span>
  );
}

/** How many sessions wait; it leads to where they do. */
export function WaitingHere({ flow }: { flow: FlowSummary }) {
  const { t } = useTranslation("flows");
  const { language } = usePreferences();
  const count = flow.waiting_count;
  if (count === 0) return <span className="soft">–</span>;
  const words =
    count > MOST_COUNTED ? t("moreThan", { number: exactCount(MOST_COUNTED, language) }) : exactCount(count, language);
  return (
    <Link
      to="/flows/$flowId/insight"
      params={{ flowId: flow.id }}
      className="number"
      aria-label={t("waitingOf", { count, number: words, name: flow.name })}
    >
      {words}
    </Link>
  );
}

export function ProblemsHere({ counts }: { counts: Schemas["ProblemCountsAnswer"] | undefined }) {
  const { t } = useTranslation("flows");
  if (counts === undefined) return null;
  const { error_count, warning_count } = counts;
  if (error_count === 0 && warning_count === 0) return <Status tone="ok">{t("canvas:problems.none")}</Status>;
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: "0 10px" }}>
      {error_count > 0 && (
        <Tooltip title={t("errorsHelp")}>
          <span>
            <Status tone="fail">{t("canvas:problems.error", { count: error_count })}</Status>
          </span>
        </Tooltip>
      )}
      {warning_count > 0 && <Status tone="hold">{t("canvas:problems.warning", { count: warning_count })}</Status>}
    </span>
  );
}
