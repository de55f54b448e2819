// Making and changing an endpoint; its secret is shown once, when it is made or replaced.

import { useQuery } from "@tanstack/react-query";
import { Alert, Checkbox, Form, Input, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { Copyable } from "../../parts/Copyable";
import { FormDialog } from "../../parts/FormDialog";
import { sendersQuery } from "../senders/queries";
import { CAMS_KINDS, type Endpoint, KINDS } from "./queries";
import "./webhooks.css";

interface Values {
  name: string;
  url: string;
  kinds: string[];
  sender: string | null;
  form: Endpoint["form"];
  is_active: boolean;
}

const FIELDS = ["name", "url", "kinds", "sender", "form", "is_active"] as const;
const USUAL: Values = {
  name: "",
  url: "",
  kinds: ["message.delivered", "message.failed", "message.received"],
  sender: null,
  form: "clarion",
  is_active: true,
};

export function SecretShown({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <Modal
      open
      title={t("secret.title", { name })}
      width={600}
      mask={{ closable: false }}
      onOk={onClose}
      onCancel={onClose}
      okText={t("secret.kept")}
      cancelButtonProps={{ style: { display: "none" } }}
    >
      <Alert type="warning" showIcon title={t("secret.once")} style={{ marginBottom: 16 }} />
      <Copyable value={secret} label={t("secret.name")} />
      <p className="soft">{t("secret.use")}</p>
    </Modal>
  );
}

/** The boxes alone: what a form says of its fields (required) is not allowed on a group of boxes. */
function KindBoxes(props: {
  form: Endpoint["form"];
  value?: string[];
  onChange?: (kinds: string[]) => void;
}) {
  const { t } = useTranslation("webhooks");
  return (
    <Checkbox.Group
      className="kinds-of-events"
      value={props.value}
      onChange={props.onChange}
      options={KINDS.map((kind) => ({
        value: kind,
        label: t(`kindWords.${kind.replace(".", "_")}`),
        disabled: props.form === "cams" && !CAMS_KINDS.includes(kind),
      }))}
    />
  );
}

function Fields({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation("webhooks");
  const form = Form.useFormInstance<Values>();
  const shape = Form.useWatch("form", form) ?? "clarion";
  const senders = useQuery(sendersQuery);
  return (
    <>
      <Form.Item
        name="name"
        label={t("name")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={100} autoComplete="off" placeholder={t("namePlaceholder")} />
      </Form.Item>
      <Form.Item
        name="url"
        label={t("url")}
        extra={t("urlHint")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={2000} autoComplete="off" placeholder="https://shop.example/told" />
      </Form.Item>
      <Form.Item required name="form" label={t("form")}>
        <Select
          options={(["clarion", "cams"] as const).map((value) => ({
            value,
            label: t(`forms.${value}`),
          }))}
          onChange={(chosen: Endpoint["form"]) => {
            if (chosen !== "cams") return;
            const kinds = form.getFieldValue("kinds") as string[];
            form.setFieldValue("kinds", kinds.filter((kind) => CAMS_KINDS.includes(kind)));
          }}
        />
      </Form.Item>
      <Form.Item
        name="kinds"
        label={t("kinds")}
        rules={[{ required: true, type: "array", min: 1, message: t("needsKind") }]}
      >
        <KindBoxes form={shape} />
      </Form.Item>
      <Form.Item name="sender" label={t("sender")}>
        <Select
          allowClear
          placeholder={t("anySender")}
          options={senders.data?.items.map(({ name }) => ({ value: name, label: name }))}
        />
      </Form.Item>
      {!isNew && (
        <Form.Item
          required
          name="is_active"
          label={t("active")}
          valuePropName="checked"
          extra={t("activeHint")}
        >
          <Switch />
        </Form.Item>
      )}
    </>
  );
}

export function NewEndpoint({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const [made, setMade] = useState<{ name: string; secret: string }>();
  if (made !== undefined) return <SecretShown {...made} onClose={onClose} />;
  return (
    <FormDialog<Values, { name: string; secret: string }>
      isOpen
      title={t("add")}
      submit={t("addSubmit")}
      initial={USUAL}
      fields={FIELDS}
      topics={["webhooks", "audit"]}
      act={(values) =>
        answerOf(
          api.POST("/api/v1/webhook-endpoints", {
            body: { ...USUAL, ...values, sender: values.sender ?? null },
          }),
        )
      }
      onDone={setMade}
      isFollowed
      onClose={onClose}
    >
      <Fields isNew />
    </FormDialog>
  );
}

export function EditEndpoint({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  return (
    <FormDialog<Values, Endpoint>
      isOpen
      title={t("editTitle", { name: endpoint.name })}
      submit={t("save")}
      initial={{ ...endpoint, sender: endpoint.sender_name }}
      fields={FIELDS}
      topics={["webhooks", "audit"]}
      act={(values) =>
        answerOf(
          api.PUT("/api/v1/webhook-endpoints/{endpoint_id}", {
            params: { path: { endpoint_id: endpoint.id } },
            body: { ...values, sender: values.sender ?? null },
          }),
        )
      }
      onClose={onClose}
    >
      <Fields isNew={false} />
    </FormDialog>
  );
}
