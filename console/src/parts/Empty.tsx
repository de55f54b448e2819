// Nothing here: what this is for, and the one thing to do.

import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function Empty(props: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className="state">
      <h2>{props.title}</h2>
      {props.text !== undefined && <p>{props.text}</p>}
      {props.action}
    </div>
  );
}

/** The filters leave nothing over. */
export function NoneMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation("parts");
  return (
    <Empty
      title={t("noneMatch.title")}
      text={t("noneMatch.text")}
      action={<Button onClick={onClear}>{t("noneMatch.clear")}</Button>}
    />
  );
}
