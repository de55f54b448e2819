// The form of one node: hand-made where that helps, and made from the kind's JSON Schema for all
// that is left.

import { DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Collapse, Input, Select } from "antd";
import { type ComponentType, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "../../parts/Loading";
import { type Config, type FlowDocument, type FlowNode, START_ID, type Trigger } from "../document";
import { KindIcon, useKindWords } from "../KindIcon";
import { exitsOf, exitWord } from "../kinds";
import type { Operation } from "../model";
import { type FlowProblem, within } from "../problems";
import { propertiesOf, schemaQuery } from "../schema";
import { variablesOf } from "../variables";
import { BranchForm } from "./Branch";
import { Field, Frame, TextField } from "./Field";
import type { FormProps } from "./forms";
import { MessageForm } from "./Message";
import { SchemaFields } from "./SchemaFields";
import { JumpForm, SetVariablesForm, WaitForm } from "./small";
import { StartForm } from "./Start";
import { TemplateForm } from "./Template";
import { WaitForReplyForm } from "./WaitForReply";

interface HandMade {
  form: ComponentType<FormProps>;
  /** The fields that the form has; the others come from the schema. */
  fields: readonly string[];
}

const HAND_MADE: Readonly<Record<string, HandMade>> = {
  send_whatsapp_template: {
    form: TemplateForm,
    fields: ["template", "language", "header", "body", "buttons", "fallback"],
  },
  send_whatsapp_message: { form: MessageForm, fields: ["text", "media", "list", "link", "location", "location_request", "form"] },
  wait_for_reply: { form: WaitForReplyForm, fields: ["timeout", "buttons", "save_as"] },
  branch: { form: BranchForm, fields: ["branches"] },
  set_variables: { form: SetVariablesForm, fields: ["variables"] },
  wait: { form: WaitForm, fields: ["amount", "unit"] },
  jump: { form: JumpForm, fields: ["target", "max_jumps"] },
};

export function Inspector(props: {
  flow: FlowDocument;
  node: FlowNode;
  problems: readonly FlowProblem[];
  isReadOnly: boolean;
  edit: (operation: Operation, subject?: string) => void;
  onRemove: () => void;
  onRenamed: (id: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { flow, node, problems, isReadOnly, edit } = props;
  const words = useKindWords(node.kind);
  const frame = useMemo(
    () => ({
      variables: variablesOf(flow),
      isReadOnly,
      problemsAt: (path: string) => within(problems, `nodes.${node.id}.config.${path}`),
    }),
    [flow, isReadOnly, problems, node.id],
  );
  const whole = problems.filter(
    (each) => each.where === `nodes.${node.id}` || each.where === `nodes.${node.id}.config`,
  );

  function set(config: Config, field: string, exits?: Readonly<Record<string, string>>): void {
    edit({ op: "set", id: node.id, config, exits }, `${node.id}:${field}`);
  }

  function setTrigger(trigger: Trigger, field: string): void {
    edit({ op: "set_flow", changes: { trigger } }, `trigger:${field}`);
  }

  return (
    <Frame value={frame}>
      <div className="inspector" role="region" aria-label={t("inspector.title", { node: node.label ?? node.id })}>
        <div className="inspector-head">
          <KindIcon kind={node.kind} />
          <h2>{words.title}</h2>
          {!isReadOnly && node.id !== START_ID && (
            <Button
              type="text"
              danger
              icon={<DeleteOutlined />}
              aria-label={t("inspector.remove")}
              title={t("inspector.remove")}
              onClick={props.onRemove}
            />
          )}
        </div>
        <p className="soft small">{words.summary}</p>
        {whole.map((each) => (
          <p key={each.where + each.code} className={`small tone-${each.severity === "error" ? "fail" : "hold"}`}>
            {each.message} {each.fix}
          </p>
        ))}
        {node.kind === "start" ? (
          <StartForm flow={flow} problems={problems} onChange={setTrigger} />
        ) : (
          <TextField
            label={t("inspector.label")}
            value={node.label ?? ""}
            maxLength={120}
            placeholder={words.title}
            onChange={(label) => edit({ op: "set", id: node.id, label }, `${node.id}:label`)}
          />
        )}
        <ConfigFields {...{ flow, node }} onChange={set} />
        <Ways {...props} />
        {node.id !== START_ID && <NodeId key={node.id} {...props} />}
      </div>
    </Frame>
  );
}

function ConfigFields({ flow, node, onChange }: Omit<FormProps, "config">) {
  const { t } = useTranslation("canvas");
  const { data: root } = useQuery(schemaQuery);
  const config = node.config ?? {};
  const made = HAND_MADE[node.kind];
  if (root === undefined) return <Loading rows={3} />;
  const left = propertiesOf(node.kind, root).filter(
    (property) => !made?.fields.includes(property.name),
  );
  const fields = <SchemaFields properties={left} root={root} config={config} onChange={onChange} />;
  if (made === undefined) return fields;
  const Form = made.form;
  return (
    <>
      <Form flow={flow} node={node} config={config} onChange={onChange} />
      {left.length > 0 && (
        <Collapse
          ghost
          size="small"
          className="more"
          items={[{ key: "more", label: t("inspector.more"), children: fields }]}
        />
      )}
    </>
  );
}

/** Where each way out leads: the canvas without a mouse. */
function Ways({ flow, node, isReadOnly, edit }: Parameters<typeof Inspector>[0]) {
  const { t } = useTranslation("canvas");
  const exits = exitsOf(node);
  if (exits.length === 0) return null;
  const targets = flow.nodes
    .filter((each) => each.id !== START_ID && each.id !== node.id)
    .map((each) => ({ value: each.id, label: each.label ?? each.id }));
  return (
    <fieldset className="group">
      <legend>{t("inspector.ways")}</legend>
      {exits.map(({ name }) => (
        <Field key={name} label={exitWord(node, name)}>
          {(id) => (
            <Select
              id={id}
              size="small"
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              disabled={isReadOnly}
              placeholder={t("inspector.nowhere")}
              value={node.exits?.[name]}
              options={targets}
              style={{ width: "100%" }}
              onChange={(to: string | undefined) =>
                edit(
                  to === undefined
                    ? { op: "disconnect", from: node.id, exit: name }
                    : { op: "connect", from: node.id, exit: name, to },
                )
              }
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

const ID = /^[A-Za-z0-9_#:-]{1,64}$/;

function NodeId({ flow, node, isReadOnly, edit, onRenamed }: Parameters<typeof Inspector>[0]) {
  const { t } = useTranslation("canvas");

  function rename(to: string): void {
    const isFree = !flow.nodes.some((each) => each.id === to);
    if (to === node.id || !ID.test(to) || !isFree) return;
    edit({ op: "rename", id: node.id, to });
    onRenamed(to);
  }

  return (
    <Field label={t("inspector.id")} help={t("inspector.idHelp")}>
      {(id) => (
        <Input
          id={id}
          size="small"
          className="mono"
          defaultValue={node.id}
          disabled={isReadOnly}
          onBlur={(event) => rename(event.target.value)}
          onPressEnter={(event) => rename(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
