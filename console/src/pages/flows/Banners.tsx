// What stands above the canvas when something keeps the draft from being saved, or is only looked at.

import { Link } from "@tanstack/react-router";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../canvas/document";
import type { Autosave } from "./autosave";
import { ConflictBanner } from "./ConflictBanner";

export function Banners(props: {
  flowId: number;
  version: number | undefined;
  draft: FlowDocument;
  autosave: Autosave;
  onDecide: (document: FlowDocument) => void;
}) {
  const { t } = useTranslation("flows");
  const { autosave } = props;
  return (
    <>
      {autosave.conflict !== undefined && (
        <ConflictBanner conflict={autosave.conflict} mine={props.draft} onDecide={props.onDecide} />
      )}
      {(autosave.state === "failed" || (autosave.state === "conflict" && autosave.conflict === undefined)) &&
        autosave.problem !== undefined && (
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
