// The head that the lists of the audience share.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageHead } from "../../parts/PageHead";
import { Subnav } from "../../parts/Subnav";

export function AudienceFrame(props: {
  title: string;
  below?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation("audience");
  return (
    <>
      <PageHead title={props.title} below={props.below} actions={props.actions} />
      <Subnav
        label={t("parts")}
        entries={[
          { to: "/audience", label: t("contacts.title"), isExact: true },
          { to: "/audience/groups", label: t("groups.title") },
          { to: "/audience/imports", label: t("imports.title") },
          { to: "/audience/opt-outs", label: t("optOuts.title") },
        ]}
      />
      {props.children}
    </>
  );
}
