// What can be done with a campaign: each action is there only where the server and the role allow it.

import { MoreOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { useAskDryRun } from "../dry-runs/queries";
import { CampaignDialog } from "./CampaignDialog";
import type { Campaign } from "./draft";
import { useCampaignChanges } from "./queries";
import { ResumeDialog } from "./ResumeDialog";
import { SuspendDialog } from "./SuspendDialog";

type Action = Campaign["allowed_actions"][number];

// In the order of the buttons.
const SHOWN: readonly Action[] = ["suspend", "resume", "modify", "dry_run", "duplicate", "delete"];

export function CampaignActions(props: {
  campaign: Campaign;
  /** How many are buttons; the rest goes into a menu. */
  buttonCount: number;
  onDeleted?: () => void;
}) {
  const { campaign, buttonCount } = props;
  const { t } = useTranslation("campaigns");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const mayRun = useMay("run_campaigns");
  const mayTry = useMay("edit_campaigns");
  const dryRun = useAskDryRun();
  const [open, setOpen] = useState<Action>();
  const actions = SHOWN.filter(
    (action) =>
      campaign.allowed_actions.includes(action) && (action === "dry_run" ? mayTry : mayRun),
  );
  if (actions.length === 0) return null;
  function choose(action: Action): void {
    if (action !== "dry_run") return setOpen(action);
    dryRun.mutate(
      { campaign_id: campaign.id },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: "/dry-runs/$dryRunId", params: { dryRunId: id }, search: {} }),
        onError: (error) => void message.error(asProblem(error).message),
      },
    );
  }
  const close = () => setOpen(undefined);
  const rest = actions.slice(buttonCount);
  return (
    <>
      <span style={{ display: "inline-flex", gap: 6 }}>
        {actions.slice(0, buttonCount).map((action) => (
          <Button
            key={action}
            size={buttonCount > 1 ? "middle" : "small"}
            danger={action === "delete"}
            loading={action === "dry_run" && dryRun.isPending}
            onClick={() => choose(action)}
          >
            {t(`actions.${action}`)}
          </Button>
        ))}
        {rest.length > 0 && (
          <Dropdown
            trigger={["click"]}
            menu={{
              onClick: ({ key }) => choose(key as Action),
              items: rest.map((action) => ({
                key: action,
                danger: action === "delete",
                label: t(`actions.${action}`),
              })),
            }}
          >
            <Button
              type="text"
              size={buttonCount > 1 ? "middle" : "small"}
              icon={<MoreOutlined />}
              aria-label={t("actions.more", { name: campaign.name })}
            />
          </Dropdown>
        )}
      </span>
      {open === "suspend" && <SuspendDialog campaign={campaign} onClose={close} />}
      {open === "resume" && <ResumeDialog campaign={campaign} onClose={close} />}
      {open === "modify" && <CampaignDialog mode="modify" campaign={campaign} onClose={close} />}
      {open === "duplicate" && (
        <CampaignDialog mode="duplicate" campaign={campaign} onClose={close} />
      )}
      {open === "delete" && (
        <DeleteDialog campaign={campaign} onClose={close} onDeleted={props.onDeleted} />
      )}
    </>
  );
}

function DeleteDialog(props: { campaign: Campaign; onClose: () => void; onDeleted?: () => void }) {
  const { campaign, onClose } = props;
  const { t } = useTranslation("campaigns");
  const { message } = App.useApp();
  const { remove } = useCampaignChanges();
  return (
    <Modal
      open
      title={t("delete.title", { name: campaign.name })}
      okText={t("delete.ok")}
      okButtonProps={{ danger: true, loading: remove.isPending }}
      cancelText={t("parts:cancel")}
      onCancel={onClose}
      onOk={() =>
        remove.mutate(campaign.id, {
          onSuccess: () => {
            void message.success(t("delete.done", { name: campaign.name }));
            onClose();
            props.onDeleted?.();
          },
          onError: (error) => void message.error(asProblem(error).message),
        })
      }
    >
      <p>{t("delete.text")}</p>
    </Modal>
  );
}
