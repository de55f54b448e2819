// The short forms: variables, a delay, a jump.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { type Config, isRecord, textOf } from "../document";
import { ChoiceField, DurationField, Field, Frame, LiquidField } from "./Field";
import { type FormProps, withEntry } from "./forms";

export function WaitForm({ config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  return (
    <DurationField
      label={t("wait.duration")}
      path="amount"
      help={t("wait.help")}
      value={config}
      onChange={(duration) => onChange({ ...config, ...duration }, "duration")}
    />
  );
}

export function SetVariablesForm({ config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly, problemsAt } = use(Frame);
  const entries = Object.entries(isRecord(config.variables) ? config.variables : {});

  function set(changed: readonly (readonly [string, unknown])[], field: string): void {
    onChange({ ...config, variables: Object.fromEntries(changed) } as Config, field);
  }

  function free(): string {
    let number = entries.length + 1;
    while (entries.some(([name]) => name === `variable_${number}`)) number += 1;
    return `variable_${number}`;
  }

  return (
    <>
      {problemsAt("variables")
        .filter((each) => !entries.some(([name]) => each.where.endsWith(`variables.${name}`)))
        .map((each) => (
          <div key={each.where} className="small tone-fail">
            {each.message} {each.fix}
          </div>
        ))}
      {entries.map(([name, value], index) => (
        // The variables keep their order, and a name changes while it is typed.
        <fieldset key={index} className="group">
          <legend>{t("variables.number", { number: index + 1 })}</legend>
          <div className="row">
            <Input
              aria-label={t("variables.name", { number: index + 1 })}
              value={name}
              disabled={isReadOnly}
              onChange={(event) => {
                const isTaken = entries.some(([each]) => each === event.target.value);
                if (!isTaken) set(withEntry(entries, index, [event.target.value, value]), `name.${index}`);
              }}
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("variables.remove", { name })}
              disabled={isReadOnly}
              onClick={() => set(withEntry(entries, index, undefined), "remove")}
            />
          </div>
          <LiquidField
            label={t("variables.value", { name })}
            path={`variables.${name}`}
            value={textOf(value)}
            onChange={(text) => set(withEntry(entries, index, [name, text]), `value.${index}`)}
          />
        </fieldset>
      ))}
      {!isReadOnly && (
        <Button icon={<PlusOutlined />} onClick={() => set([...entries, [free(), ""]], "add")}>
          {t("variables.add")}
        </Button>
      )}
    </>
  );
}

export function JumpForm({ flow, node, config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  return (
    <>
      <ChoiceField
        label={t("jump.target")}
        path="target"
        value={textOf(config.target) || undefined}
        placeholder={t("jump.choose")}
        choices={flow.nodes
          .filter((each) => each.id !== node.id)
          .map((each) => ({ value: each.id, label: each.label ?? each.id, search: each.label }))}
        onChange={(target) => onChange({ ...config, target }, "target")}
      />
      <Field label={t("jump.most")} path="max_jumps" help={t("jump.help")}>
        {(id) => (
          <InputNumber
            id={id}
            min={1}
            max={100}
            precision={0}
            value={typeof config.max_jumps === "number" ? config.max_jumps : 1}
            disabled={isReadOnly}
            onChange={(count) => onChange({ ...config, max_jumps: Number(count ?? 1) }, "max_jumps")}
          />
        )}
      </Field>
    </>
  );
}
