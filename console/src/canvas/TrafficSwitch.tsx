// What is written on the ways: counts, shares, or how long people had waited.

import { Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { SHOWN_TRAFFIC, type ShownTraffic } from "./shownTraffic";

export function TrafficSwitch(props: { value: ShownTraffic; onChange: (shown: ShownTraffic) => void }) {
  const { t } = useTranslation("insight");
  return (
    <Segmented<ShownTraffic>
      size="small"
      aria-label={t("traffic.title")}
      value={props.value}
      options={SHOWN_TRAFFIC.map((value) => ({ value, label: t(`traffic.${value}`) }))}
      onChange={props.onChange}
    />
  );
}
