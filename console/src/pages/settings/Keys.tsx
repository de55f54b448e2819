// Keys for programs.  A key's secrets are shown once, when it is made.

import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Copyable } from "../../parts/Copyable";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { FormDialog } from "../../parts/FormDialog";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { SettingsFrame } from "./Frame";
import { RoleField } from "./People";
import { type Key, keysQuery, type Role } from "./queries";

type NewKeyAnswer = Schemas["NewKeyAnswer"];

function Made({ made, onClose }: { made: NewKeyAnswer; onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <Modal
      open
      title={t("keys.madeTitle", { name: made.name })}
      width={640}
      mask={{ closable: false }}
      onOk={onClose}
      onCancel={onClose}
      okText={t("keys.kept")}
      cancelButtonProps={{ style: { display: "none" } }}
    >
      <Alert type="warning" showIcon title={t("keys.once")} style={{ marginBottom: 16 }} />
      <Facts
        rows={[
          [t("keys.accessKeyId"), <Copyable key="id" value={made.access_key_id} label={t("keys.accessKeyId")} />],
          [
            t("keys.accessKeySecret"),
            <Copyable key="secret" value={made.access_key_secret} label={t("keys.accessKeySecret")} />,
          ],
          [t("keys.token"), <Copyable key="token" value={made.token} label={t("keys.token")} />],
        ]}
      />
      <p className="soft">{t("keys.use")}</p>
    </Modal>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  const [made, setMade] = useState<NewKeyAnswer>();
  if (made !== undefined) return <Made made={made} onClose={onClose} />;
  return (
    <FormDialog<{ name: string; role: Role }, NewKeyAnswer>
      isOpen
      title={t("keys.add")}
      submit={t("keys.addSubmit")}
      initial={{ name: "", role: "author" }}
      fields={["name", "role"]}
      topics={["keys", "audit"]}
      act={(body) => answerOf(api.POST("/api/v1/keys", { body }))}
      onDone={setMade}
      isFollowed
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("keys.name")}
        extra={t("keys.nameHint")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <RoleField label={t("people.role")} />
    </FormDialog>
  );
}

export function KeySettings() {
  const { t } = useTranslation("settings");
  const ask = useAsk();
  const paging = usePaging("");
  const keys = useQuery(keysQuery(paging.cursor));
  const [isAdding, setIsAdding] = useState(false);
  const revoke = useAct({
    topics: ["keys", "audit"],
    act: (key: Key) =>
      answerOf(api.POST("/api/v1/keys/{key_id}/revoke", { params: { path: { key_id: key.id } } })),
    done: (key) => t("keys.revokedNow", { name: key.name }),
  });
  const columns: NonNullable<TableProps<Key>["columns"]> = [
    { title: t("keys.name"), dataIndex: "name" },
    {
      title: t("keys.accessKeyId"),
      key: "id",
      render: (_, key) => <code>{key.access_key_id}</code>,
    },
    { title: t("people.role"), key: "role", render: (_, key) => t(`roles.${key.role}`) },
    {
      title: t("keys.state"),
      key: "state",
      render: (_, key) => (
        <Status tone={key.revoked_at === null ? "ok" : "mute"}>
          {t(key.revoked_at === null ? "keys.valid" : "keys.revoked")}
        </Status>
      ),
    },
    {
      title: t("keys.used"),
      key: "used",
      render: (_, key) =>
        key.last_used_at === null ? (
          <span className="soft">{t("keys.never")}</span>
        ) : (
          <Ago at={key.last_used_at} />
        ),
    },
    {
      title: <HiddenTitle />,
      key: "actions",
      align: "right",
      render: (_, key) =>
        key.revoked_at === null && (
          <Button
            size="small"
            danger
            aria-label={t("keys.revokeOf", { name: key.name })}
            onClick={() =>
              ask({
                title: t("keys.revokeTitle", { name: key.name }),
                text: t("keys.revokeText"),
                submit: t("keys.revoke"),
                onYes: () => revoke.mutateAsync(key),
              })
            }
          >
            {t("keys.revoke")}
          </Button>
        ),
    },
  ];
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
      {t("keys.add")}
    </Button>
  );
  return (
    <SettingsFrame title={t("keys.title")} below={t("keys.below")} actions={add}>
      <ListTable<Key>
        label={t("keys.title")}
        query={keys}
        columns={columns}
        rowKey="id"
        paging={paging}
        minWidth={760}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={<Empty title={t("keys.emptyTitle")} text={t("keys.emptyText")} action={add} />}
      />
      {isAdding && <NewKey onClose={() => setIsAdding(false)} />}
    </SettingsFrame>
  );
}
