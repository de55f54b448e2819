// Three ways to a new flow: blank, from a sample, from a file.

import { InboxOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Modal, Segmented, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { blankFlow, documentOf, type FlowDocument, isRecord, TRIGGER_KINDS, type TriggerKind } from "../../canvas/document";
import { KindIcon } from "../../canvas/KindIcon";
import { ProblemList } from "../../canvas/ProblemsPanel";
import type { FlowProblem } from "../../canvas/problems";
import { useAct, wordsOf } from "../../parts/act";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { createFlow, samplesQuery } from "./queries";

const WAYS = ["blank", "sample", "file"] as const;
type Way = (typeof WAYS)[number];

export function NewFlow({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("flows");
  const navigate = useNavigate();
  const [way, setWay] = useState<Way>("blank");
  const create = useAct({
    act: ({ definition, name }: { definition: FlowDocument; name?: string }) =>
      createFlow(definition, name),
    topics: ["flows"],
    onDone: (flow) => void navigate({ to: "/flows/$flowId", params: { flowId: flow.id } }),
  });
  const given = {
    isBusy: create.isPending,
    onCreate: (definition: FlowDocument, name?: string) => create.mutate({ definition, name }),
  };
  return (
    <Modal open={isOpen} onCancel={onClose} footer={null} width={620} title={t("new.title")} destroyOnHidden>
      <Segmented<Way>
        block
        aria-label={t("new.title")}
        value={way}
        options={WAYS.map((value) => ({ value, label: t(`new.ways.${value}`) }))}
        onChange={setWay}
        style={{ marginBottom: 16 }}
      />
      {way === "blank" && <Blank {...given} />}
      {way === "sample" && <Samples {...given} />}
      {way === "file" && <FromFile {...given} />}
    </Modal>
  );
}

interface WayProps {
  isBusy: boolean;
  onCreate: (definition: FlowDocument, name?: string) => void;
}

function Blank({ isBusy, onCreate }: WayProps) {
  const { t } = useTranslation("flows");
  return (
    <Form<{ name: string; trigger: TriggerKind }>
      layout="vertical"
      requiredMark="optional"
      initialValues={{ trigger: "manual" }}
      onFinish={({ name, trigger }) => onCreate(blankFlow(name.trim(), trigger))}
    >
      <Form.Item name="name" label={t("new.name")} rules={[{ required: true, whitespace: true, max: 60 }]}>
        <Input showCount maxLength={60} autoFocus />
      </Form.Item>
      <Form.Item name="trigger" label={t("new.trigger")} extra={t("new.triggerHelp")} rules={[{ required: true }]}>
        <Select options={TRIGGER_KINDS.map((value) => ({ value, label: t(`canvas:triggers.${value}`) }))} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={isBusy}>
        {t("new.create")}
      </Button>
    </Form>
  );
}

function Samples({ isBusy, onCreate }: WayProps) {
  const { t, i18n } = useTranslation("flows");
  const { data, error, refetch } = useQuery(samplesQuery(i18n.language.startsWith("zh") ? "zh" : "en"));
  if (error !== null) return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={4} />;
  return (
    <div className="flow-samples">
      {data.items.map((sample) => {
        const definition = documentOf(sample.definition);
        const kinds = definition.nodes.map((node) => node.kind);
        return (
          <article key={sample.key} className="flow-sample">
            <div>
              <h3>{sample.name}</h3>
              <p className="soft">{sample.description}</p>
              {sample.templates.length > 0 && (
                <p className="soft">
                  {t("new.needs", { count: sample.templates.length })} <code>{sample.templates.join(", ")}</code>
                </p>
              )}
              <div className="flow-sample-kinds" aria-hidden="true">
                {kinds.map((kind, index) => (
                  // The steps of a sample never change.
                  <KindIcon key={index} kind={kind} />
                ))}
              </div>
            </div>
            <Button
              loading={isBusy}
              aria-label={t("new.useNamed", { name: sample.name })}
              onClick={() => onCreate(definition, free(sample.name))}
            >
              {t("new.use")}
            </Button>
          </article>
        );
      })}
    </div>
  );
}

/** A name that is hardly taken. */
function free(name: string): string {
  const minute = new Date().toISOString().slice(5, 16).replace("T", " ");
  return `${name} ${minute}`.slice(0, 60);
}

interface Read {
  definition: FlowDocument;
  problems: FlowProblem[];
}

function FromFile({ isBusy, onCreate }: WayProps) {
  const { t } = useTranslation("flows");
  const [read, setRead] = useState<Read>();
  const [refusal, setRefusal] = useState<string>();
  const [name, setName] = useState("");

  async function take(file: File): Promise<void> {
    setRead(undefined);
    setRefusal(undefined);
    try {
      const value: unknown = JSON.parse(await file.text());
      if (!isRecord(value)) throw new SyntaxError("no object");
      const check = await answerOf(api.POST("/api/v1/flows/check", { body: { definition: value } }));
      setRead({ definition: value as unknown as FlowDocument, problems: check.problems });
      setName(documentOf(value).name);
    } catch (error) {
      setRefusal(error instanceof SyntaxError ? t("new.notJson") : wordsOf(asProblem(error)));
    }
  }

  return (
    <>
      <Upload.Dragger
        accept=".json,application/json"
        showUploadList={false}
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
      >
        <p>
          <InboxOutlined style={{ fontSize: 28 }} />
        </p>
        <p>{t("new.drop")}</p>
      </Upload.Dragger>
      {refusal !== undefined && <Alert type="error" showIcon title={refusal} style={{ marginTop: 12 }} />}
      {read !== undefined && (
        <div style={{ marginTop: 12, display: "grid", gap: 10 }}>
          <label>
            {t("new.name")}
            <Input value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
          </label>
          <p className="soft" style={{ margin: 0 }}>
            {read.problems.length === 0 ? t("new.noProblems") : t("new.problems", { count: read.problems.length })}
          </p>
          <div style={{ maxHeight: 220, overflowY: "auto" }} tabIndex={0} role="region" aria-label={t("new.checked")}>
            <ProblemList problems={read.problems} onOpen={() => undefined} />
          </div>
          <div>
            <Button type="primary" loading={isBusy} disabled={name.trim() === ""} onClick={() => onCreate(read.definition, name.trim())}>
              {t("new.import")}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
