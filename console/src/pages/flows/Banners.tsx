// What stands above the canvas when something keeps the draft from being saved, or is only looked at.

import { Link } from "@tanstack/react-router";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Autosave } from "./autosave";

export function Banners(props: {
  flowId: number;
  version: number | undefined;
  autosave: Autosave;
  onTakeTheirs: () => void;
}) {
  const { t } = useTranslation("flows");
  const { autosave } = props;
  return (
    <>
      {autosave.state === "conflict" && (
        <Alert
          type="warning"
          banner
          title={t("conflict.title")}
          description={t("conflict.text")}
          action={
            <span style={{ display: "flex", gap: 8 }}>
              <Button size="small" onClick={props.onTakeTheirs}>
                {t("conflict.theirs")}
              </Button>
              <Button size="small" danger onClick={() => void autosave.overwrite()}>
                {t("conflict.mine")}
              </Button>
            </span>
          }
        />
      )}
      {autosave.state === "failed" && autosave.problem !== undefined && (
        <Alert type="error" banner title={autosave.problem.answer.detail} description={autosave.problem.answer.next_step} />
      )}
      {props.version !== undefined && (
        <Alert
          type="info"
          banner
          title={t("looking.title", { number: props.version })}
          action={
            <Link to="/flows/$flowId" params={{ flowId: props.flowId }}>
              {t("looking.draft")}
            </Link>
          }
        />
      )}
    </>
  );
}
