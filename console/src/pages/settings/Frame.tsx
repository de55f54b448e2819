// The head that the pages of the settings share.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { PageHead } from "../../parts/PageHead";
import { Subnav } from "../../parts/Subnav";

export function SettingsFrame(props: {
  title: string;
  below?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation("settings");
  const mayManagePeople = useMay("manage_people");
  const mayManageSettings = useMay("manage_settings");
  return (
    <>
      <PageHead title={props.title} below={props.below} actions={props.actions} />
      <Subnav
        label={t("parts")}
        entries={[
          { to: "/settings", label: t("workspace.title"), isExact: true },
          ...(mayManagePeople
            ? ([
                { to: "/settings/people", label: t("people.title") },
                { to: "/settings/keys", label: t("keys.title") },
              ] as const)
            : []),
          { to: "/settings/secrets", label: t("secrets.title") },
          ...(mayManageSettings
            ? ([{ to: "/settings/webhooks", label: t("webhooks") }] as const)
            : []),
          { to: "/settings/audit", label: t("audit.title") },
          ...(mayManageSettings
            ? ([{ to: "/settings/system", label: t("system.title") }] as const)
            : []),
        ]}
      />
      {props.children}
    </>
  );
}
