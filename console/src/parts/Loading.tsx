import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

/** A page or a panel that is being read. */
export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation("parts");
  return (
    <div aria-busy="true" style={{ padding: 16 }}>
      <span className="visually-hidden" role="status">
        {t("loading")}
      </span>
      <Skeleton active title={false} paragraph={{ rows, width: "100%" }} />
    </div>
  );
}
