// Resuming: now, or at a new start.

import { Alert, App, DatePicker, Form, Modal, Radio, Space } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useNow } from "../../parts/now";
import { type Campaign, wallClock } from "./draft";
import { useCampaignChanges } from "./queries";

const WALL = "YYYY-MM-DDTHH:mm:ss";

export function ResumeDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const { message } = App.useApp();
  const { resume } = useCampaignChanges();
  const [isLater, setIsLater] = useState(false);
  const [start, setStart] = useState<Dayjs | null>(null);
  const [end, setEnd] = useState<Dayjs | null>(null);
  const now = wallClock(useNow(), campaign.zone);
  const problem = resume.error === null ? undefined : asProblem(resume.error);
  const isStartWrong = isLater && start !== null && !start.isAfter(now);
  const picker = { showTime: true, format: "YYYY-MM-DD HH:mm:ss", needConfirm: false } as const;

  return (
    <Modal
      open
      title={t("resume.title", { name: campaign.name })}
      okText={t("resume.ok")}
      okButtonProps={{
        loading: resume.isPending,
        disabled: isLater && (start === null || isStartWrong),
      }}
      cancelText={t("parts:cancel")}
      onCancel={onClose}
      onOk={() =>
        resume.mutate(
          {
            id: campaign.id,
            start_at: isLater ? (start?.format(WALL) ?? null) : null,
            end_at: end?.format(WALL) ?? null,
          },
          {
            onSuccess: () => {
              void message.success(t("resume.done", { name: campaign.name }));
              onClose();
            },
          },
        )
      }
    >
      <Radio.Group value={isLater} onChange={(event) => setIsLater(event.target.value as boolean)}>
        <Space orientation="vertical">
          <Radio value={false}>
            {t("resume.now")} <span className="soft">· {t("resume.nowText")}</span>
          </Radio>
          <Radio value={true}>
            {t("resume.later")} <span className="soft">· {t("resume.laterText")}</span>
          </Radio>
        </Space>
      </Radio.Group>
      <Form layout="vertical" style={{ marginTop: 16 }}>
        {isLater && (
          <Form.Item
            label={t("fields.start")}
            htmlFor="resume-start"
            validateStatus={isStartWrong || problem?.messageFor("start_at") ? "error" : undefined}
            help={isStartWrong ? t("rules.startPast") : problem?.messageFor("start_at")}
            extra={t("dialog.periodHint", { zone: campaign.zone })}
          >
            <DatePicker id="resume-start" {...picker} value={start} onChange={setStart} />
          </Form.Item>
        )}
        <Form.Item
          label={t("resume.end")}
          htmlFor="resume-end"
          validateStatus={problem?.messageFor("end_at") ? "error" : undefined}
          help={problem?.messageFor("end_at")}
        >
          <DatePicker id="resume-end" {...picker} value={end} onChange={setEnd} />
        </Form.Item>
      </Form>
      <p className="soft small">{t("resume.missed")}</p>
      {problem !== undefined && problem.answer.errors.length === 0 && (
        <Alert type="error" showIcon title={problem.message} />
      )}
    </Modal>
  );
}
