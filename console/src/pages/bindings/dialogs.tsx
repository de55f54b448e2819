// Binding: a flow is bound to a sender, bound to another one, or asked earlier or later.

import { useQuery } from "@tanstack/react-query";
import { Form, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSettled } from "../../canvas/problems";
import { FormDialog } from "../../parts/FormDialog";
import type { Sender } from "../senders/queries";
import { bind, type Binding, bindableQuery, rebind } from "./queries";

const USUAL_PRIORITY = 100;
const PAUSE_MILLISECONDS = 250;
const TOPICS = ["bindings", "flows"];

interface NewBinding {
  sender_id: number;
  flow_id: number;
  priority: number;
}

export function BindDialog(props: {
  senders: readonly Sender[];
  senderId?: number;
  flow?: { id: number; name: string; trigger_kind: string };
  onClose: () => void;
}) {
  const { t } = useTranslation("bindings");
  const { flow } = props;
  const senders = props.senders.filter((each) => flow === undefined || each.channel === flow.trigger_kind);
  const [senderId, setSenderId] = useState(props.senderId ?? senders[0]?.id);
  const [typed, setTyped] = useState("");
  const channel = senders.find((each) => each.id === senderId)?.channel;
  const words = useSettled(typed, PAUSE_MILLISECONDS);
  const flows = useQuery({ ...bindableQuery(channel, words), enabled: flow === undefined && channel !== undefined });
  const choices = flow === undefined ? (flows.data?.items ?? []) : [flow];
  return (
    <FormDialog<NewBinding, Binding>
      isOpen
      title={t("bind.title")}
      submit={t("bind.submit")}
      initial={{ sender_id: senderId, flow_id: flow?.id, priority: USUAL_PRIORITY }}
      fields={["sender_id", "flow_id", "priority"]}
      topics={TOPICS}
      act={(given) => bind(given.flow_id, given.sender_id, given.priority)}
      onValuesChange={(changed) => changed.sender_id !== undefined && setSenderId(changed.sender_id)}
      onClose={props.onClose}
    >
      <Form.Item name="sender_id" label={t("columns.sender")} rules={[{ required: true, message: t("required") }]}>
        <Select options={senders.map((each) => ({ value: each.id, label: each.name }))} />
      </Form.Item>
      <Form.Item
        name="flow_id"
        label={t("columns.flow")}
        extra={t("bind.flowHelp")}
        rules={[{ required: true, message: t("required") }]}
      >
        <Select
          showSearch={{ filterOption: false, onSearch: setTyped }}
          disabled={flow !== undefined}
          placeholder={t("bind.flow")}
          notFoundContent={<span className="soft">{t("bind.none")}</span>}
          options={choices.map((each) => ({ value: each.id, label: each.name }))}
        />
      </Form.Item>
      <PriorityField />
    </FormDialog>
  );
}

export function RebindDialog(props: { binding: Binding; senders: readonly Sender[]; onClose: () => void }) {
  const { t } = useTranslation("bindings");
  const { binding } = props;
  const others = props.senders.filter((each) => each.channel === binding.channel && each.id !== binding.sender_id);
  return (
    <FormDialog<{ to_sender_id: number }, Binding>
      isOpen
      title={t("rebind.title", { flow: binding.flow_name })}
      submit={t("rebind.submit")}
      initial={{ to_sender_id: others[0]?.id }}
      fields={["to_sender_id"]}
      topics={TOPICS}
      act={(given) => rebind(binding, given.to_sender_id)}
      onClose={props.onClose}
    >
      <p>{t("rebind.text", { sender: binding.sender_name })}</p>
      <Form.Item name="to_sender_id" label={t("columns.sender")} rules={[{ required: true, message: t("required") }]}>
        <Select
          notFoundContent={<span className="soft">{t("rebind.none")}</span>}
          options={others.map((each) => ({ value: each.id, label: each.name }))}
        />
      </Form.Item>
    </FormDialog>
  );
}

export function PriorityDialog({ binding, onClose }: { binding: Binding; onClose: () => void }) {
  const { t } = useTranslation("bindings");
  return (
    <FormDialog<{ priority: number }, Binding>
      isOpen
      title={t("priority.title", { flow: binding.flow_name })}
      submit={t("priority.submit")}
      initial={{ priority: binding.priority }}
      fields={["priority"]}
      topics={TOPICS}
      act={(given) => bind(binding.flow_id, binding.sender_id, given.priority)}
      onClose={onClose}
    >
      <PriorityField />
    </FormDialog>
  );
}

function PriorityField() {
  const { t } = useTranslation("bindings");
  return (
    <Form.Item
      name="priority"
      label={t("columns.priority")}
      extra={t("priority.help")}
      rules={[{ required: true, message: t("required") }]}
    >
      <InputNumber min={1} max={1000} precision={0} />
    </Form.Item>
  );
}
