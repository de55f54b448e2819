// The small dialogs of the editor: find a step, the name, the keys.

import { Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../canvas/document";
import { KindIcon } from "../../canvas/KindIcon";
import { linesOf } from "../../canvas/kinds";
import { found } from "../../canvas/model";

export function FindNode(props: {
  isOpen: boolean;
  flow: FlowDocument;
  onOpen: (nodeId: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  const [words, setWords] = useState("");
  const nodes = found(props.flow, words);
  return (
    <Modal open={props.isOpen} onCancel={props.onClose} footer={null} title={t("find.title")} destroyOnHidden>
      <Input
        autoFocus
        value={words}
        aria-label={t("find.words")}
        placeholder={t("find.words")}
        onChange={(event) => setWords(event.target.value)}
        onPressEnter={() => nodes[0] !== undefined && props.onOpen(nodes[0].id)}
      />
      <ul className="palette-list" style={{ padding: 0, listStyle: "none" }}>
        {nodes.map((node) => (
          <li key={node.id}>
            <button type="button" className="kind-button" onClick={() => props.onOpen(node.id)}>
              <KindIcon kind={node.kind} />
              <span>
                <strong>{node.label ?? node.id}</strong>
                <br />
                <span className="soft">{linesOf(node)[0] ?? node.id}</span>
              </span>
            </button>
          </li>
        ))}
        {nodes.length === 0 && <li className="soft">{t("find.none")}</li>}
      </ul>
    </Modal>
  );
}

export function NameDialog(props: {
  isOpen: boolean;
  flow: FlowDocument;
  onChange: (changes: { name: string; description?: string }) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  const [form] = Form.useForm<{ name: string; description?: string }>();
  return (
    <Modal
      open={props.isOpen}
      title={t("bar.name")}
      onCancel={props.onClose}
      onOk={form.submit}
      okText={t("name.submit")}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark="optional"
        preserve={false}
        initialValues={{ name: props.flow.name, description: props.flow.description }}
        onFinish={({ name, description }) => {
          props.onChange({ name: name.trim(), description: description?.trim() || undefined });
          props.onClose();
        }}
      >
        <Form.Item name="name" label={t("new.name")} rules={[{ required: true, whitespace: true, max: 60 }]}>
          <Input maxLength={60} showCount />
        </Form.Item>
        <Form.Item name="description" label={t("name.description")}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

const KEYS = [
  ["/", "add"],
  ["Del", "remove"],
  ["⌘/Ctrl Z", "undo"],
  ["⇧ ⌘/Ctrl Z", "redo"],
  ["⌘/Ctrl C · X · V", "clipboard"],
  ["⌘/Ctrl D", "duplicate"],
  ["⌘/Ctrl A", "all"],
  ["⌘/Ctrl F", "find"],
  ["⌘/Ctrl S", "save"],
  ["Tab", "walk"],
  ["← ↑ → ↓", "move"],
  ["T", "tidy"],
  ["S", "phone"],
  ["O", "outline"],
  ["1 · 2", "zoom"],
  ["?", "help"],
] as const;

export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("flows");
  return (
    <Modal open={isOpen} onCancel={onClose} footer={null} title={t("keys.title")}>
      <dl style={{ display: "grid", gridTemplateColumns: "auto 1fr", gap: "6px 16px", margin: 0 }}>
        {KEYS.map(([key, name]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd style={{ margin: 0 }}>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
