// Fields made from the JSON Schema of a node kind: every kind has a form, also one that this console
// has never heard of.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, InputNumber, Select, Switch } from "antd";
import { use, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Config } from "../document";
import { isRecord, listOf, textOf } from "../document";
import { type Property, type Schema, shapeOf } from "../schema";
import { ChoiceField, Field, Frame, LiquidField, TextField } from "./Field";
import { withEntry } from "./forms";

export function SchemaFields(props: {
  properties: readonly Property[];
  root: Schema;
  config: Config;
  onChange: (config: Config, field: string) => void;
  /** The way to the object that has these fields, with its last dot. */
  prefix?: string;
}) {
  function setField(name: string, value: unknown): void {
    const { [name]: _, ...rest } = props.config;
    const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
    props.onChange(isEmpty ? rest : { ...rest, [name]: value }, name);
  }
  return props.properties.map((property) => (
    <SchemaField
      key={property.name}
      property={property}
      root={props.root}
      prefix={props.prefix ?? ""}
      value={props.config[property.name]}
      onChange={(value) => setField(property.name, value)}
    />
  ));
}

function SchemaField(props: {
  property: Property;
  root: Schema;
  prefix: string;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { i18n, t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const { property, value, onChange } = props;
  const shape = shapeOf(property.schema, props.root);
  const { name } = property;
  const path = `${props.prefix}${name}`;
  const known = `fields.${name}.title`;
  const label = i18n.exists(known, { ns: "canvas" })
    ? t(known)
    : textOf(property.schema.title) || name.replaceAll("_", " ");
  const helpKey = `fields.${name}.help`;
  const help = i18n.exists(helpKey, { ns: "canvas" })
    ? t(helpKey)
    : textOf(property.schema.description) || undefined;
  switch (shape.kind) {
    case "text":
      return shape.isLiquid ? (
        <LiquidField label={label} path={path} help={help} value={textOf(value)} maxChars={shape.maxChars} onChange={onChange} />
      ) : (
        <TextField label={label} path={path} help={help} value={textOf(value)} maxLength={shape.maxChars} onChange={onChange} />
      );
    case "choice":
      return (
        <ChoiceField
          label={label}
          path={path}
          help={help}
          value={textOf(value) || textOf(property.schema.default) || undefined}
          choices={shape.values.map((each) => ({
            value: each,
            label: i18n.exists(`choices.${each}`, { ns: "canvas" }) ? t(`choices.${each}`) : each,
          }))}
          onChange={onChange}
        />
      );
    case "number":
      return (
        <Field label={label} path={path} help={help}>
          {(id) => (
            <InputNumber
              id={id}
              min={shape.least}
              max={shape.most}
              disabled={isReadOnly}
              value={typeof value === "number" ? value : (property.schema.default as number | undefined)}
              onChange={(number) => onChange(number ?? undefined)}
            />
          )}
        </Field>
      );
    case "switch":
      return (
        <Field label={label} path={path} help={help}>
          {(id) => (
            <div>
              <Switch id={id} disabled={isReadOnly} checked={value === true} onChange={(is) => onChange(is || undefined)} />
            </div>
          )}
        </Field>
      );
    case "texts":
      return (
        <Field label={label} path={path} help={help}>
          {(id) => (
            <Select
              id={id}
              mode="tags"
              disabled={isReadOnly}
              value={typeof value === "string" ? [value] : listOf(value).map(textOf)}
              onChange={(texts: string[]) => onChange(texts)}
              style={{ width: "100%" }}
              open={false}
              suffixIcon={null}
            />
          )}
        </Field>
      );
    case "object":
      return (
        <ObjectField {...{ label, path, value, onChange }} root={props.root} properties={shape.properties} isRequired={property.isRequired} />
      );
    case "objects":
      return (
        <ObjectsField {...{ label, path, help, value, onChange }} root={props.root} properties={shape.properties} most={shape.most} />
      );
    case "json":
      return <JsonField label={label} path={path} help={help} value={value} onChange={onChange} />;
  }
}

interface PartsProps {
  label: string;
  path: string;
  root: Schema;
  properties: readonly Property[];
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Fields inside fields; one that may be left out is added and removed as a whole. */
function ObjectField(props: PartsProps & { isRequired: boolean }) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const { label, path, value, onChange } = props;
  const isThere = isRecord(value) || props.isRequired;
  if (!isThere) {
    if (isReadOnly) return null;
    return (
      <div>
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange({})}>
          {t("parts.addTo", { name: label })}
        </Button>
      </div>
    );
  }
  return (
    <fieldset className="group">
      <legend>{label}</legend>
      <SchemaFields
        properties={props.properties}
        root={props.root}
        prefix={`${path}.`}
        config={isRecord(value) ? value : {}}
        onChange={onChange}
      />
      {!props.isRequired && !isReadOnly && (
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          onClick={() => onChange(undefined)}
        >
          {t("parts.removeOf", { name: label })}
        </Button>
      )}
    </fieldset>
  );
}

/** A list of fields inside fields. */
function ObjectsField(props: PartsProps & { help?: string; most: number | undefined }) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const { label, path, value, onChange } = props;
  const entries = listOf(value).map((each) => (isRecord(each) ? each : {}));
  return (
    <fieldset className="group">
      <legend>{label}</legend>
      {props.help !== undefined && <p className="soft small">{props.help}</p>}
      {entries.map((entry, index) => {
        const name = t("parts.number", { name: label, number: index + 1 });
        return (
          // The entries keep their order while they are typed.
          <fieldset key={index} className="group">
            <legend>{name}</legend>
            <SchemaFields
              properties={props.properties}
              root={props.root}
              prefix={`${path}.${index}.`}
              config={entry}
              onChange={(changed) => onChange(withEntry(entries, index, changed))}
            />
            {!isReadOnly && (
              <Button
                size="small"
                type="text"
                icon={<DeleteOutlined />}
                onClick={() => onChange(withEntry(entries, index, undefined))}
              >
                {t("parts.removeOf", { name })}
              </Button>
            )}
          </fieldset>
        );
      })}
      {!isReadOnly && entries.length < (props.most ?? Infinity) && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...entries, {}])}>
          {t("parts.addTo", { name: label })}
        </Button>
      )}
    </fieldset>
  );
}

/** What has no field of its own is written as JSON; half-written JSON changes nothing yet. */
export function JsonField(props: {
  label: string;
  path: string;
  help?: string;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { isReadOnly } = use(Frame);
  const stored = props.value === undefined ? "" : JSON.stringify(props.value, null, 2);
  const [typed, setTyped] = useState<{ text: string; of: string }>({ text: stored, of: stored });
  const text = typed.of === stored ? typed.text : stored;

  function type(words: string): void {
    let value: unknown;
    try {
      value = words.trim() === "" ? undefined : JSON.parse(words);
    } catch {
      setTyped({ text: words, of: stored });
      return;
    }
    setTyped({ text: words, of: value === undefined ? "" : JSON.stringify(value, null, 2) });
    props.onChange(value);
  }

  return (
    <Field label={props.label} path={props.path} help={props.help}>
      {(id, isFaulty) => (
        <Input.TextArea
          id={id}
          className="mono"
          value={text}
          status={isFaulty ? "error" : undefined}
          autoSize={{ minRows: 2, maxRows: 14 }}
          disabled={isReadOnly}
          onChange={(event) => type(event.target.value)}
        />
      )}
    </Field>
  );
}
