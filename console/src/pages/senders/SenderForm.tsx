// Adding a sender, and changing one.  Secrets can be replaced, never read.

import { Alert, Form, Input, InputNumber, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { Copyable } from "../../parts/Copyable";
import { Facts } from "../../parts/Facts";
import { FormDialog } from "../../parts/FormDialog";
import type { Sender } from "./queries";

type NewBody = Schemas["NewSenderBody"];
type NewAnswer = Schemas["NewSenderAnswer"];
type ChangeBody = Schemas["SenderChangeBody"];

const ENDPOINTS = ["messages", "marketing_messages"] as const;
const NEW_FIELDS = [
  "name",
  "phone_number_id",
  "waba_id",
  "token",
  "app_secret",
  "verify_token",
  "base_url",
  "version",
  "rate_per_second",
] as const;

function useRequired() {
  const { t } = useTranslation("senders");
  return [{ required: true, message: t("required") }];
}

function Common() {
  const { t } = useTranslation("senders");
  const required = useRequired();
  return (
    <>
      <Form.Item name="base_url" label={t("fields.baseUrl")} rules={required}>
        <Input autoComplete="off" />
      </Form.Item>
      <div className="form-columns">
        <Form.Item name="version" label={t("fields.version")} rules={required}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item required name="endpoint" label={t("fields.endpoint")}>
          <Select
            options={ENDPOINTS.map((value) => ({ value, label: t(`endpoints.${value}`) }))}
          />
        </Form.Item>
      </div>
    </>
  );
}

function RateField() {
  const { t } = useTranslation("senders");
  return (
    <Form.Item
      name="rate_per_second"
      label={t("fields.rate")}
      extra={t("rateHint")}
      rules={useRequired()}
    >
      <InputNumber min={0.01} max={100_000} style={{ width: 200 }} suffix={t("perSecond")} />
    </Form.Item>
  );
}

/** Shown once: what has to be entered at the provider. */
function Made({ sender, onClose }: { sender: NewAnswer; onClose: () => void }) {
  const { t } = useTranslation("senders");
  return (
    <Modal
      open
      title={t("madeTitle", { name: sender.name })}
      onCancel={onClose}
      onOk={onClose}
      okText={t("madeDone")}
      cancelButtonProps={{ style: { display: "none" } }}
      mask={{ closable: false }}
    >
      <Alert type="warning" showIcon title={t("madeOnce")} style={{ marginBottom: 16 }} />
      <Facts
        rows={[
          [
            t("fields.webhook"),
            <Copyable
              key="webhook"
              value={`${window.location.origin}${sender.webhook_path}`}
              label={t("fields.webhook")}
            />,
          ],
          [
            t("fields.verifyToken"),
            <Copyable key="token" value={sender.verify_token} label={t("fields.verifyToken")} />,
          ],
        ]}
      />
      <ol>
        <li>{t("webhookSteps.open")}</li>
        <li>{t("webhookSteps.address")}</li>
        <li>{t("webhookSteps.token")}</li>
        <li>{t("webhookSteps.fields")}</li>
      </ol>
    </Modal>
  );
}

export function NewSender({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("senders");
  const required = useRequired();
  const [made, setMade] = useState<NewAnswer>();
  if (made !== undefined) return <Made sender={made} onClose={onClose} />;
  return (
    <FormDialog<NewBody, NewAnswer>
      isOpen
      width={640}
      title={t("add")}
      submit={t("addSubmit")}
      initial={{
        base_url: "https://graph.facebook.com",
        version: "v25.0",
        endpoint: "messages",
        rate_per_second: 68,
      }}
      fields={NEW_FIELDS}
      topics={["senders"]}
      act={(values) =>
        answerOf(
          api.POST("/api/v1/senders", {
            body: { ...values, channel: "whatsapp", verify_token: values.verify_token || null },
          }),
        )
      }
      onDone={setMade}
      isFollowed
      onClose={onClose}
    >
      <Form.Item name="name" label={t("fields.name")} extra={t("nameHint")} rules={required}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <div className="form-columns">
        <Form.Item name="phone_number_id" label={t("fields.phoneNumberId")} rules={required}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="waba_id" label={t("fields.wabaId")} rules={required}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="token" label={t("fields.token")} extra={t("tokenHint")} rules={required}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="app_secret"
          label={t("fields.appSecret")}
          extra={t("secretHint")}
          rules={required}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </div>
      <RateField />
      <details>
        <summary>{t("more")}</summary>
        <Form.Item name="verify_token" label={t("fields.verifyToken")} extra={t("verifyHint")}>
          <Input autoComplete="off" />
        </Form.Item>
        <Common />
      </details>
    </FormDialog>
  );
}

export function EditSender({ sender, onClose }: { sender: Sender; onClose: () => void }) {
  const { t } = useTranslation("senders");
  const required = useRequired();
  const config = sender.config as { base_url?: string; version?: string; endpoint?: string };
  return (
    <FormDialog<ChangeBody, Sender>
      isOpen
      width={640}
      title={t("editTitle", { name: sender.name })}
      submit={t("save")}
      initial={{
        name: sender.name,
        rate_per_second: sender.rate_per_second,
        base_url: config.base_url,
        version: config.version,
        endpoint: ENDPOINTS.find((each) => each === config.endpoint),
      }}
      fields={NEW_FIELDS}
      topics={["senders"]}
      act={(values) =>
        answerOf(
          api.PATCH("/api/v1/senders/{sender_id}", {
            params: { path: { sender_id: sender.id } },
            body: {
              ...values,
              token: values.token || null,
              app_secret: values.app_secret || null,
              verify_token: values.verify_token || null,
            },
          }),
        )
      }
      onClose={onClose}
    >
      <Form.Item name="name" label={t("fields.name")} rules={required}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <RateField />
      <div className="form-columns">
        <Form.Item name="token" label={t("newSecret", { name: t("fields.token") })}>
          <Input.Password autoComplete="new-password" placeholder={t("unchanged")} />
        </Form.Item>
        <Form.Item name="app_secret" label={t("newSecret", { name: t("fields.appSecret") })}>
          <Input.Password autoComplete="new-password" placeholder={t("unchanged")} />
        </Form.Item>
        <Form.Item name="verify_token" label={t("newSecret", { name: t("fields.verifyToken") })}>
          <Input autoComplete="off" placeholder={t("unchanged")} />
        </Form.Item>
      </div>
      <details>
        <summary>{t("more")}</summary>
        <Common />
      </details>
    </FormDialog>
  );
}
