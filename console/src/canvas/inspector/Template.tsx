// Send a template: which one, what goes into its placeholders, and how it will look.

import { useQuery } from "@tanstack/react-query";
import { Alert, Input } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { useScheme } from "../../app/preferences";
import { asProblem } from "../../api/problem";
import { wordsOf } from "../../parts/act";
import { BubbleView } from "../../parts/PhonePreview";
import { Status } from "../../parts/Status";
import { bubbleOfTemplate } from "../../parts/whatsapp";
import { type Config, isRecord, listOf, textOf } from "../document";
import { configFor, type Template, templatesQuery, wantsOf } from "../templates";
import { ChoiceField, Frame, LiquidField } from "./Field";
import { type FormProps, withField } from "./forms";

function keyOf(template: { name: string; language: string }): string {
  return `${template.name}/${template.language}`;
}

export function TemplateForm({ config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const { data: templates, error } = useQuery(templatesQuery);
  const chosen = templates?.find(
    (each) => each.name === config.template && each.language === config.language,
  );
  const value = textOf(config.template) === "" ? undefined : `${textOf(config.template)}/${textOf(config.language)}`;
  return (
    <>
      {error !== null && <Alert type="error" title={wordsOf(asProblem(error))} />}
      <ChoiceField
        label={t("template.title")}
        path="template"
        placeholder={t("template.choose")}
        value={value}
        choices={(templates ?? []).map((each) => ({
          value: keyOf(each),
          search: each.name,
          label: (
            <span className="choice">
              {each.name} <span className="soft">{each.language}</span>
              {each.status !== "approved" && <Status tone="hold">{each.status}</Status>}
            </span>
          ),
        }))}
        onChange={(key) => {
          const template = templates?.find((each) => keyOf(each) === key);
          if (template !== undefined) onChange(configFor(template, config), "template");
        }}
      />
      {templates?.length === 0 && <p className="soft small">{t("template.none")}</p>}
      {chosen !== undefined && <TemplateValues template={chosen} config={config} onChange={onChange} />}
    </>
  );
}

function TemplateValues(props: {
  template: Template;
  config: Config;
  onChange: FormProps["onChange"];
}) {
  const { t } = useTranslation("canvas");
  const scheme = useScheme();
  const { isReadOnly } = use(Frame);
  const { template, config, onChange } = props;
  const wants = wantsOf(template);
  const header = isRecord(config.header) ? config.header : {};
  const buttons = listOf(config.buttons).filter(isRecord);
  const fallback = isRecord(config.fallback) ? config.fallback : {};
  const valueOf = (name: string, index: number) =>
    textOf(isRecord(config.body) ? config.body[name] : listOf(config.body)[index]);

  function setBody(name: string, index: number, value: string): void {
    const body = wants.isNamed
      ? Object.fromEntries(
          wants.body.map((each, at) => [each, each === name ? value : valueOf(each, at)]),
        )
      : wants.body.map((each, at) => (at === index ? value : valueOf(each, at)));
    onChange(withField(config, "body", body), `body.${name}`);
  }

  function setFallback(key: string, value: string): void {
    const changed = withField(fallback, key, value === "" ? undefined : value);
    const isEmpty = Object.keys(changed).length === 0;
    onChange(withField(config, "fallback", isEmpty ? undefined : changed), `fallback.${key}`);
  }

  function setButton(index: number, subType: string, value: string): void {
    const others = buttons.filter((each) => each.index !== index);
    const changed = value === "" ? others : [...others, { index, sub_type: subType, value }];
    const sorted = changed.toSorted((one, other) => Number(one.index) - Number(other.index));
    onChange(withField(config, "buttons", sorted.length === 0 ? undefined : sorted), `buttons.${index}`);
  }

  const shown = Object.fromEntries(wants.body.map((name, index) => [name, valueOf(name, index)]));
  const bubble = bubbleOfTemplate(template.components, {
    header: { "1": textOf(header.value), [textOf(header.name)]: textOf(header.value) },
    body: shown,
  });
  return (
    <>
      <figure className={`chat chat-${scheme} preview`} aria-label={t("template.preview")}>
        <BubbleView bubble={bubble} side="in" />
      </figure>
      {wants.header !== undefined && (
        <LiquidField
          label={t(`template.header.${wants.header}`)}
          path="header"
          value={textOf(header.value)}
          onChange={(value) =>
            onChange(withField(config, "header", { ...header, kind: wants.header, value }), "header")
          }
        />
      )}
      {wants.body.map((name, index) => {
        const key = wants.isNamed ? name : String(index + 1);
        return (
          <div key={name}>
            <LiquidField
              label={t("template.value", { name })}
              path={`body.${wants.isNamed ? name : index}`}
              maxChars={1024}
              value={valueOf(name, index)}
              onChange={(value) => setBody(name, index, value)}
            />
            <Input
              size="small"
              className="fallback"
              addonBefore={t("template.fallback")}
              aria-label={t("template.fallbackOf", { name })}
              value={textOf(fallback[key])}
              disabled={isReadOnly}
              onChange={(event) => setFallback(key, event.target.value)}
            />
          </div>
        );
      })}
      {wants.buttons.map(({ index, subType, text }) => (
        <LiquidField
          key={index}
          label={t(`template.button.${subType}`, { text })}
          path={`buttons.${index}`}
          help={subType === "quick_reply" ? t("template.payloadHelp") : undefined}
          value={textOf(buttons.find((each) => each.index === index)?.value)}
          onChange={(value) => setButton(index, subType, value)}
        />
      ))}
    </>
  );
}
