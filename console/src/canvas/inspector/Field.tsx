// Fields of the inspector: a label, the control, and what the server's check says about it.

import { CodeOutlined } from "@ant-design/icons";
import { Button, Dropdown, Input, InputNumber, Select, Space } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { createContext, type ReactNode, use, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { codePointCount } from "../../parts/numbers";
import { isRecord, textOf } from "../document";

export interface FieldProblem {
  where: string;
  severity: "error" | "warning";
  message: string;
  fix: string;
}

export interface InspectorFrame {
  variables: readonly string[];
  isReadOnly: boolean;
  /** What the check says about a field of the node's config (`text.body`). */
  problemsAt: (path: string) => readonly FieldProblem[];
}

export const Frame = createContext<InspectorFrame>({
  variables: [],
  isReadOnly: true,
  problemsAt: () => [],
});

export function Field(props: {
  label: string;
  help?: string;
  /** Where in the config it stands; problems of it are shown. */
  path?: string;
  children: (id: string, isFaulty: boolean) => ReactNode;
}) {
  const id = useId();
  const { problemsAt } = use(Frame);
  const problems = props.path === undefined ? [] : problemsAt(props.path);
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id, problems.some((each) => each.severity === "error"))}
      {problems.map((each) => (
        <div key={each.where + each.message} className={`small tone-${each.severity === "error" ? "fail" : "hold"}`}>
          {each.message} {each.fix}
        </div>
      ))}
      {props.help !== undefined && <div className="soft small">{props.help}</div>}
    </div>
  );
}

/** A text that may have holes: variables are put in at the cursor. */
export function LiquidField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  path?: string;
  help?: string;
  maxChars?: number;
  rows?: number;
}) {
  const { t } = useTranslation("canvas");
  const { variables, isReadOnly } = use(Frame);
  const area = useRef<TextAreaRef>(null);
  const count = codePointCount(props.value);

  function insert(name: string): void {
    const element = area.current?.resizableTextArea?.textArea;
    const at = element?.selectionStart ?? props.value.length;
    const until = element?.selectionEnd ?? at;
    props.onChange(`${props.value.slice(0, at)}{{ ${name} }}${props.value.slice(until)}`);
    element?.focus();
  }

  return (
    <Field label={props.label} path={props.path} help={props.help}>
      {(id, isFaulty) => (
        <div className="liquid">
          <Input.TextArea
            id={id}
            ref={area}
            value={props.value}
            status={isFaulty ? "error" : undefined}
            autoSize={{ minRows: props.rows ?? 1, maxRows: 8 }}
            disabled={isReadOnly}
            onChange={(event) => props.onChange(event.target.value)}
          />
          <div className="liquid-foot">
            <Dropdown
              trigger={["click"]}
              disabled={isReadOnly}
              menu={{
                items: variables.map((name) => ({ key: name, label: <code>{name}</code> })),
                onClick: ({ key }) => insert(key),
                style: { maxHeight: 280, overflow: "auto" },
              }}
            >
              <Button
                size="small"
                type="text"
                icon={<CodeOutlined />}
                aria-label={t("variables.insert", { field: props.label })}
              >
                {t("variables.short")}
              </Button>
            </Dropdown>
            {props.maxChars !== undefined && (
              <span className={`small number ${count > props.maxChars ? "tone-fail" : "soft"}`}>
                {count} / {props.maxChars}
              </span>
            )}
          </div>
        </div>
      )}
    </Field>
  );
}

export function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  path?: string;
  help?: string;
  placeholder?: string;
  maxLength?: number;
}) {
  const { isReadOnly } = use(Frame);
  return (
    <Field label={props.label} path={props.path} help={props.help}>
      {(id, isFaulty) => (
        <Input
          id={id}
          value={props.value}
          placeholder={props.placeholder}
          maxLength={props.maxLength}
          status={isFaulty ? "error" : undefined}
          disabled={isReadOnly}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function ChoiceField<Value extends string>(props: {
  label: string;
  value: Value | undefined;
  choices: readonly { value: Value; label: ReactNode; search?: string }[];
  onChange: (value: Value) => void;
  path?: string;
  help?: string;
  placeholder?: string;
}) {
  const { isReadOnly } = use(Frame);
  return (
    <Field label={props.label} path={props.path} help={props.help}>
      {(id, isFaulty) => (
        <Select<Value>
          id={id}
          value={props.value}
          showSearch={{
            filterOption: (typed, option) =>
              `${option?.value ?? ""} ${textOf((option as { search?: unknown } | undefined)?.search)}`
                .toLowerCase()
                .includes(typed.toLowerCase()),
          }}
          placeholder={props.placeholder}
          status={isFaulty ? "error" : undefined}
          disabled={isReadOnly}
          options={[...props.choices]}
          onChange={props.onChange}
          style={{ width: "100%" }}
        />
      )}
    </Field>
  );
}

const UNITS = ["seconds", "minutes", "hours", "days"] as const;

export function DurationField(props: {
  label: string;
  value: unknown;
  onChange: (value: { amount: number; unit: string }) => void;
  path?: string;
  help?: string;
}) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const given = isRecord(props.value) ? props.value : {};
  const amount = typeof given.amount === "number" ? given.amount : 1;
  const unit = textOf(given.unit) || "seconds";
  return (
    <Field label={props.label} path={props.path} help={props.help}>
      {(id, isFaulty) => (
        <Space.Compact block>
          <InputNumber
            id={id}
            min={1}
            precision={0}
            value={amount}
            status={isFaulty ? "error" : undefined}
            disabled={isReadOnly}
            onChange={(value) => props.onChange({ amount: Number(value ?? 1), unit })}
            style={{ width: "45%" }}
          />
          <Select
            aria-label={t("units.title")}
            value={unit}
            disabled={isReadOnly}
            options={UNITS.map((value) => ({ value, label: t(`units.${value}`) }))}
            onChange={(value: string) => props.onChange({ amount, unit: value })}
            style={{ width: "55%" }}
          />
        </Space.Compact>
      )}
    </Field>
  );
}
