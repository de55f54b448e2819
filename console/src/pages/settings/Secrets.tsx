// Secrets that requests of flows name.  A value goes in and is never shown again.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, mintKey, type Schemas } from "../../api/client";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Empty } from "../../parts/Empty";
import { FormDialog } from "../../parts/FormDialog";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { SettingsFrame } from "./Frame";

type Secret = Schemas["SecretAnswer"];

// The check of a flow knows the names.
const TOPICS = ["secrets", "audit", "flow-check", "flows"];
const MOST_VALUE_CHARS = 8192;

function written(name: string): string {
  return `{{ secrets.${name} }}`;
}

function ValueField({ label }: { label: string }) {
  const { t } = useTranslation("settings");
  return (
    <Form.Item
      name="value"
      label={label}
      extra={t("secrets.valueHint")}
      rules={[{ required: true, message: t("required") }]}
    >
      <Input.Password maxLength={MOST_VALUE_CHARS} autoComplete="new-password" />
    </Form.Item>
  );
}

function NewSecret({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <FormDialog<{ name: string; value: string }, Secret>
      isOpen
      title={t("secrets.add")}
      submit={t("secrets.addSubmit")}
      initial={{ name: "", value: "" }}
      fields={["name", "value"]}
      topics={TOPICS}
      act={(body) =>
        answerOf(api.POST("/api/v1/secrets", { body, params: { header: { "idempotency-key": mintKey() } } }))
      }
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("secrets.name")}
        extra={t("secrets.nameHint")}
        rules={[
          { required: true, message: t("required") },
          { pattern: /^[A-Za-z_][A-Za-z0-9_]{0,63}$/, message: t("secrets.nameRule") },
        ]}
      >
        <Input maxLength={64} autoComplete="off" className="mono" />
      </Form.Item>
      <ValueField label={t("secrets.value")} />
    </FormDialog>
  );
}

function Replace({ secret, onClose }: { secret: Secret; onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <FormDialog<{ value: string }, Secret>
      isOpen
      title={t("secrets.replaceTitle", { name: secret.name })}
      submit={t("secrets.replace")}
      initial={{ value: "" }}
      fields={["value"]}
      topics={TOPICS}
      act={(body) =>
        answerOf(
          api.PUT("/api/v1/secrets/{secret_name}", { params: { path: { secret_name: secret.name } }, body }),
        )
      }
      onClose={onClose}
    >
      <p>{t("secrets.replaceText")}</p>
      <ValueField label={t("secrets.newValue")} />
    </FormDialog>
  );
}

export function SecretSettings() {
  const { t } = useTranslation("settings");
  const ask = useAsk();
  const mayManage = useMay("manage_settings");
  const paging = usePaging("");
  const secrets = useQuery({
    queryKey: ["secrets"],
    queryFn: () => answerOf(api.GET("/api/v1/secrets")),
  });
  const [isAdding, setIsAdding] = useState(false);
  const [replacing, setReplacing] = useState<Secret>();
  const remove = useAct({
    topics: TOPICS,
    act: async (secret: Secret) => {
      await answerOf(
        api.DELETE("/api/v1/secrets/{secret_name}", { params: { path: { secret_name: secret.name } } }),
      );
      return secret;
    },
    done: (secret) => t("secrets.removed", { name: secret.name }),
  });
  const actions = (secret: Secret) =>
    mayManage && (
      <span style={{ display: "inline-flex", flexWrap: "wrap", gap: 8 }}>
        <Button
          size="small"
          aria-label={t("secrets.replaceOf", { name: secret.name })}
          onClick={() => setReplacing(secret)}
        >
          {t("secrets.replace")}
        </Button>
        <Button
          size="small"
          danger
          aria-label={t("secrets.removeOf", { name: secret.name })}
          onClick={() =>
            ask({
              title: t("secrets.removeTitle", { name: secret.name }),
              text:
                secret.flow_names.length === 0
                  ? t("secrets.removeUnused")
                  : t("secrets.removeUsed", { flows: secret.flow_names.join(", ") }),
              submit: t("secrets.remove"),
              onYes: () => remove.mutateAsync(secret),
            })
          }
        >
          {t("secrets.remove")}
        </Button>
      </span>
    );
  const columns: NonNullable<TableProps<Secret>["columns"]> = [
    { title: t("secrets.name"), key: "name", render: (_, secret) => <code>{secret.name}</code> },
    { title: t("secrets.written"), key: "written", render: (_, secret) => <code>{written(secret.name)}</code> },
    { title: t("secrets.flows"), key: "flows", render: (_, secret) => <NamedBy secret={secret} /> },
    { title: t("secrets.changed"), key: "changed", render: (_, secret) => <Ago at={secret.changed_at} /> },
    { title: <HiddenTitle />, key: "actions", align: "right", render: (_, secret) => actions(secret) },
  ];
  const add = mayManage && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
      {t("secrets.add")}
    </Button>
  );
  return (
    <SettingsFrame title={t("secrets.title")} below={t("secrets.below")} actions={add}>
      <ListTable<Secret>
        label={t("secrets.title")}
        query={secrets}
        columns={columns}
        rowKey="name"
        paging={paging}
        minWidth={720}
        isFiltered={false}
        onClearFilters={() => undefined}
        card={(secret) => (
          <>
            <code>{secret.name}</code>
            <div className="small">
              <NamedBy secret={secret} />
            </div>
            <div className="soft small">
              <Ago at={secret.changed_at} />
            </div>
            {actions(secret)}
          </>
        )}
        empty={<Empty title={t("secrets.emptyTitle")} text={t("secrets.emptyText")} action={add} />}
      />
      {isAdding && <NewSecret onClose={() => setIsAdding(false)} />}
      {replacing !== undefined && <Replace secret={replacing} onClose={() => setReplacing(undefined)} />}
    </SettingsFrame>
  );
}

function NamedBy({ secret }: { secret: Secret }) {
  if (secret.flow_names.length === 0) return <span className="soft">–</span>;
  return <>{secret.flow_names.join(", ")}</>;
}
