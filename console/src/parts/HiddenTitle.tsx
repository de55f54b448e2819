// The title of a column that needs none for people who see it.

import { useTranslation } from "react-i18next";

export function HiddenTitle({ children }: { children?: string }) {
  const { t } = useTranslation("parts");
  return <span className="visually-hidden">{children ?? t("actions")}</span>;
}
