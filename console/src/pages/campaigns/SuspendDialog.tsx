// Suspending names what stops now and what cannot be recalled.

import { Alert, App, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { Campaign } from "./draft";
import { useCampaignChanges } from "./queries";

const NOTE_LIMIT = 200;

export function SuspendDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const { notification } = App.useApp();
  const { suspend } = useCampaignChanges();
  const [note, setNote] = useState("");
  const { name, progress } = campaign;
  const waiting = progress?.is_running ? progress.pending_count : 0;

  function tell(done: Schemas["SuspensionAnswer"]): void {
    const count = done.in_flight_count;
    const key = !done.is_acknowledged ? "unacknowledged" : count > 0 ? "inFlight" : "done";
    notification[done.is_acknowledged ? "success" : "warning"]({
      title: t(`suspend.${key}`, { name, count }),
      placement: "bottomRight",
    });
  }

  return (
    <Modal
      open
      title={t("suspend.title", { name })}
      okText={t("suspend.ok")}
      okButtonProps={{ danger: true, loading: suspend.isPending }}
      cancelText={t("parts:cancel")}
      onCancel={onClose}
      onOk={() =>
        suspend.mutate(
          { id: campaign.id, reason: note.trim() || null },
          {
            onSuccess: (done) => {
              tell(done);
              onClose();
            },
          },
        )
      }
    >
      <p>{t("suspend.text")}</p>
      {waiting > 0 && <p>{t("suspend.waiting", { count: waiting })}</p>}
      <label htmlFor="suspend-note">{t("suspend.note")}</label>
      <Input.TextArea
        id="suspend-note"
        value={note}
        maxLength={NOTE_LIMIT}
        showCount
        autoSize={{ minRows: 2 }}
        placeholder={t("suspend.notePlaceholder")}
        onChange={(event) => setNote(event.target.value)}
      />
      {suspend.error !== null && (
        <Alert
          type="error"
          showIcon
          title={asProblem(suspend.error).message}
          style={{ marginTop: 24 }}
        />
      )}
    </Modal>
  );
}
