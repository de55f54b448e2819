// What can be done to an endpoint: a test, other settings, another secret, its end.

import { DeleteOutlined, EditOutlined, KeyOutlined, MoreOutlined, SendOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { EditEndpoint, SecretShown } from "./EndpointForm";
import type { Endpoint } from "./queries";
import "./webhooks.css";

export function EndpointActions({ endpoint, onDeleted }: { endpoint: Endpoint; onDeleted?: () => void }) {
  const { t } = useTranslation("webhooks");
  const ask = useAsk();
  const [isEditing, setIsEditing] = useState(false);
  const [secret, setSecret] = useState<string>();
  const params = { path: { endpoint_id: endpoint.id } };
  const test = useAct({
    topics: ["webhooks", "audit"],
    act: () => answerOf(api.POST("/api/v1/webhook-endpoints/{endpoint_id}/test", { params })),
    done: t("testSent"),
  });
  const replace = useAct({
    topics: ["webhooks", "audit"],
    act: () => answerOf(api.POST("/api/v1/webhook-endpoints/{endpoint_id}/secret", { params })),
    onDone: (made) => setSecret(made.secret),
  });
  const remove = useAct({
    topics: ["webhooks", "audit"],
    act: () => answerOf(api.DELETE("/api/v1/webhook-endpoints/{endpoint_id}", { params })),
    done: t("removed", { name: endpoint.name }),
    onDone: onDeleted,
  });

  function act(key: string): void {
    if (key === "edit") setIsEditing(true);
    else if (key === "secret") {
      ask({
        title: t("secret.replaceTitle", { name: endpoint.name }),
        text: t("secret.replaceText"),
        submit: t("secret.replace"),
        onYes: () => replace.mutateAsync(),
      });
    } else {
      ask({
        title: t("removeTitle", { name: endpoint.name }),
        text: t("removeText", { count: endpoint.waiting_count }),
        submit: t("remove"),
        onYes: () => remove.mutateAsync(),
      });
    }
  }

  return (
    <span className="beside is-one-line">
      <Button
        icon={<SendOutlined />}
        loading={test.isPending}
        disabled={!endpoint.is_active}
        aria-label={t("testOf", { name: endpoint.name })}
        onClick={() => test.mutate()}
      >
        {t("test")}
      </Button>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "edit", icon: <EditOutlined />, label: t("edit") },
            { key: "secret", icon: <KeyOutlined />, label: t("secret.replace") },
            { type: "divider" },
            { key: "remove", danger: true, icon: <DeleteOutlined />, label: t("remove") },
          ],
          onClick: ({ key }) => act(key),
        }}
      >
        <Button icon={<MoreOutlined />} aria-label={t("actionsOf", { name: endpoint.name })} />
      </Dropdown>
      {isEditing && <EditEndpoint endpoint={endpoint} onClose={() => setIsEditing(false)} />}
      {secret !== undefined && (
        <SecretShown name={endpoint.name} secret={secret} onClose={() => setSecret(undefined)} />
      )}
    </span>
  );
}
