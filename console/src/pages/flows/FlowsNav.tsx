// The parts of the screen of flows.

import { useTranslation } from "react-i18next";
import { Subnav } from "../../parts/Subnav";

export function FlowsNav() {
  const { t } = useTranslation("flows");
  return (
    <Subnav
      label={t("title")}
      entries={[
        { to: "/flows", label: t("nav.all"), isExact: true },
        { to: "/flows/bindings", label: t("nav.bindings") },
      ]}
    />
  );
}
