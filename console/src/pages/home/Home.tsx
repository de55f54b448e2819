import { PageHead } from "../../parts/PageHead";
import { useTranslation } from "react-i18next";

export function Home() {
  const { t } = useTranslation("shell");
  return <PageHead title={t("screens.home")} />;
}
