// Whether a flow is published, and whether its draft is ahead.

import { useTranslation } from "react-i18next";
import { Status } from "../../parts/Status";
import type { FlowSummary } from "./queries";

/** `isBrief`: the number of the version stands elsewhere. */
export function FlowState({ flow, isBrief = false }: { flow: FlowSummary; isBrief?: boolean }) {
  const { t } = useTranslation("flows");
  if (flow.published_number === null) return <Status tone="mute">{t("state.draft")}</Status>;
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 6 }}>
      <Status tone="ok">{isBrief ? t("filters.published") : t("state.published", { number: flow.published_number })}</Status>
      {flow.has_unpublished_changes && <Status tone="hold">{t("state.changed")}</Status>}
    </span>
  );
}
