// The dialog of a campaign: create, modify, duplicate.

import { ExperimentOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Collapse, Form, Modal } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../api/problem";
import { useMe } from "../../app/session";
import { useAskDryRun } from "../dry-runs/queries";
import { bodyOf, type Campaign, changeOf, type Draft, draftOf, newDraft, wholeOf } from "./draft";
import { AudienceFields, InputFields, PlanFields, TextFields, WhatFields } from "./DialogFields";
import type { FlowDefinition } from "./flow";
import { FlowPreview } from "./FlowPreview";
import { publishedFlowQuery, useCampaignChanges } from "./queries";
import { SettingsFields } from "./SettingsFields";

const DryRunDrawer = lazy(async () => ({
  default: (await import("../dry-runs/DryRunDrawer")).DryRunDrawer,
}));

// Which field of the dialog shows what the server says about a field of the request.
const FIELD_OF: Record<string, keyof Draft> = {
  start_at: "period",
  end_at: "period",
  misfire_grace_seconds: "misfire_grace_minutes",
};
const CODES: Record<string, keyof Draft> = {
  "flow.not_found": "flow_id",
  "flow.not_published": "flow_id",
  "flow.trigger_not_manual": "flow_id",
  "flow.inputs_invalid": "flow_id",
  "group.not_found": "include_group_ids",
  "sender.not_found": "sender_name",
};

interface Opened {
  mode: "create" | "modify" | "duplicate";
  campaign?: Campaign;
  onClose: () => void;
}

function firstDraft({ mode, campaign }: Opened, copyName: (name: string) => string): Draft {
  if (campaign === undefined) return newDraft();
  const draft = draftOf(campaign);
  if (mode === "modify") return draft;
  return { ...draft, name: Array.from(copyName(draft.name)).slice(0, 60).join(""), period: null };
}

export function CampaignDialog(props: Opened) {
  const { mode, campaign, onClose } = props;
  const { t, i18n } = useTranslation("campaigns");
  const { message } = App.useApp();
  const { zone } = useMe();
  const { create, modify } = useCampaignChanges();
  const [form] = Form.useForm<Draft>();
  const [before] = useState(() => firstDraft(props, (name) => t("dialog.copyOf", { name })));
  const [isPreviewing, setIsPreviewing] = useState(false);
  const dryRun = useAskDryRun();
  const [tried, setTried] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const flowId = Form.useWatch("flow_id", form) ?? before.flow_id;
  const flow = useQuery({ ...publishedFlowQuery(flowId ?? 0), enabled: flowId !== undefined });
  const definition = flow.data?.definition as FlowDefinition | undefined;

  function show(refused: Problem): void {
    const named = refused.answer.errors.map(({ path, code, message: text }) => {
      const head = path.split(".")[0] ?? path;
      const known = `errors.${code}`;
      return {
        name: FIELD_OF[head] ?? (head as keyof Draft),
        errors: [i18n.exists(known, { ns: "campaigns" }) ? t(known) : text],
      };
    });
    const whole = CODES[refused.code];
    const fields =
      named.length === 0 && whole !== undefined
        ? [{ name: whole, errors: [refused.message] }]
        : named;
    form.setFields(fields);
    setProblem(fields.length === 0 ? refused : undefined);
    if (fields[0] !== undefined) form.scrollToField(fields[0].name, { block: "center" });
  }

  const typed = (): Draft => ({ ...before, ...(form.getFieldsValue(true) as Draft) });

  /** Try what the form says; nothing is saved. */
  async function tryOut(): Promise<void> {
    try {
      await form.validateFields();
    } catch {
      return; // the fields say what is missing
    }
    try {
      const asked = await dryRun.mutateAsync(
        mode === "modify" && campaign !== undefined
          ? { campaign_id: campaign.id, draft: wholeOf(campaign, before, typed()) }
          : { draft: bodyOf(typed()) },
      );
      setTried(asked.id);
    } catch (error) {
      show(asProblem(error));
    }
  }

  async function save(): Promise<void> {
    // What a closed section holds is not among the values of a finished form.
    const draft = typed();
    try {
      const saved =
        mode === "modify" && campaign !== undefined
          ? await modify.mutateAsync({
              id: campaign.id,
              revision: campaign.revision,
              ...changeOf(before, draft),
            })
          : await create.mutateAsync(bodyOf(draft));
      void message.success(t(mode === "modify" ? "saved" : "created", { name: saved.name }));
      onClose();
    } catch (error) {
      show(asProblem(error));
    }
  }

  return (
    <Modal
      open
      width={720}
      style={{ top: 32 }}
      title={t(`dialog.${mode}`, { name: campaign?.name })}
      okText={t("dialog.ok")}
      cancelText={t("parts:cancel")}
      footer={(_, { OkBtn, CancelBtn }) => (
        <>
          <Button
            icon={<ExperimentOutlined />}
            loading={dryRun.isPending}
            onClick={() => void tryOut()}
            style={{ float: "inline-start" }}
          >
            {t("actions.dry_run")}
          </Button>
          <CancelBtn />
          <OkBtn />
        </>
      )}
      confirmLoading={create.isPending || modify.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <Form<Draft>
        form={form}
        layout="vertical"
        initialValues={before}
        onFinish={() => void save()}
        scrollToFirstError={{ block: "center" }}
        requiredMark
      >
        <TextFields />
        <WhatFields onPreview={() => setIsPreviewing(true)} />
        <InputFields inputs={definition?.trigger.inputs ?? []} />
        <AudienceFields />
        <PlanFields zone={zone} isStartFixed={mode === "modify"} before={before} />
        <Collapse
          ghost
          size="small"
          items={[
            {
              key: "more",
              label: t("dialog.more"),
              forceRender: true,
              children: <SettingsFields />,
            },
          ]}
        />
        {problem !== undefined && (
          <Alert
            type="error"
            showIcon
            title={problem.message}
            description={problem.answer.next_step}
            role="alert"
          />
        )}
      </Form>
      {isPreviewing && flowId !== undefined && (
        <FlowPreview flowId={flowId} onClose={() => setIsPreviewing(false)} />
      )}
      {tried !== undefined && (
        <Suspense>
          <DryRunDrawer dryRunId={tried} onClose={() => setTried(undefined)} />
        </Suspense>
      )}
    </Modal>
  );
}
