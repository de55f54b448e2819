// The form of the start: what begins the flow, and what it is given then.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Input } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { type FlowDocument, type FlowInput, type Trigger, TRIGGER_KINDS, type TriggerKind } from "../document";
import type { FlowProblem } from "../problems";
import { ConditionFields } from "./ConditionFields";
import { ChoiceField, Frame } from "./Field";
import { withEntry, withField } from "./forms";

export function StartForm(props: {
  flow: FlowDocument;
  problems: readonly FlowProblem[];
  onChange: (trigger: Trigger, field: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const trigger = props.flow.trigger ?? {};
  const inputs = trigger.inputs ?? [];
  const set = (changed: readonly FlowInput[], field: string) =>
    props.onChange({ ...trigger, inputs: changed }, field);
  return (
    <>
      <ChoiceField
        label={t("start.trigger")}
        help={t("start.triggerHelp")}
        value={TRIGGER_KINDS.find((each) => each === (trigger.kind ?? "manual"))}
        choices={TRIGGER_KINDS.map((value) => ({ value, label: t(`triggers.${value}`) }))}
        onChange={(kind) => props.onChange(withKind(trigger, kind), "kind")}
      />
      {(trigger.kind ?? "manual") !== "manual" && (
        <ConditionFields trigger={trigger} problems={props.problems} onChange={props.onChange} />
      )}
      <fieldset className="group">
        <legend>{t("start.inputs")}</legend>
        <p className="soft small">{t("start.inputsHelp")}</p>
        {inputs.map((input, index) => (
          // The inputs keep their order, and a name changes while it is typed.
          <div key={index} className="row wrap">
            <Input
              aria-label={t("start.name", { number: index + 1 })}
              placeholder={t("start.nameShort")}
              value={input.name}
              disabled={isReadOnly}
              onChange={(event) =>
                set(withEntry(inputs, index, { ...input, name: event.target.value }), `name.${index}`)
              }
            />
            <Input
              aria-label={t("start.default", { number: index + 1 })}
              placeholder={t("start.defaultShort")}
              value={input.default ?? ""}
              disabled={isReadOnly}
              onChange={(event) =>
                set(
                  withEntry(inputs, index, withField(
                    { ...input },
                    "default",
                    event.target.value === "" ? undefined : event.target.value,
                  ) as unknown as FlowInput),
                  `default.${index}`,
                )
              }
            />
            <Checkbox
              checked={input.required === true}
              disabled={isReadOnly}
              onChange={(event) =>
                set(withEntry(inputs, index, { ...input, required: event.target.checked }), "required")
              }
            >
              {t("start.required")}
            </Checkbox>
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("start.remove", { name: input.name })}
              disabled={isReadOnly}
              onClick={() => set(withEntry(inputs, index, undefined), "inputs")}
            />
          </div>
        ))}
        {!isReadOnly && (
          <Button
            size="small"
            icon={<PlusOutlined />}
            onClick={() => set([...inputs, { name: `input_${inputs.length + 1}` }], "add")}
          >
            {t("start.add")}
          </Button>
        )}
      </fieldset>
    </>
  );
}

/** Who is started by hand has no conditions on a message. */
function withKind(trigger: Trigger, kind: TriggerKind): Trigger {
  if (kind !== "manual") return { ...trigger, kind };
  const { conditions: _, ...rest } = trigger;
  return { ...rest, kind };
}
