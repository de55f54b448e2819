// Sending a template by hand: which one, with which values, and how it will look.

import { useQuery } from "@tanstack/react-query";
import { Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mintKey } from "../../api/client";
import { usePreferences, useScheme } from "../../app/preferences";
import { FormDialog } from "../../parts/FormDialog";
import { BubbleView } from "../../parts/PhonePreview";
import { languageName } from "../../parts/places";
import { bubbleOfTemplate, placeholdersOf } from "../../parts/whatsapp";
import { approvedTemplatesQuery, type Template } from "../templates/queries";
import type { Content } from "./Composer";

type Part = "header" | "body";
const PARTS: readonly Part[] = ["header", "body"];

interface Values {
  template: number;
  header?: Record<string, string>;
  body?: Record<string, string>;
}

function holesOf(template: Template): { part: Part; name: string }[] {
  return PARTS.flatMap((part) => {
    const component = template.components.find(({ type }) => String(type).toLowerCase() === part);
    return placeholdersOf(typeof component?.text === "string" ? component.text : "").map((name) => ({
      part,
      name,
    }));
  });
}

/** A template can be sent from here when only texts have to be filled in. */
function isFillable(template: Template): boolean {
  return template.components.every((component) => {
    const type = String(component.type).toUpperCase();
    if (type === "HEADER") return String(component.format ?? "TEXT").toUpperCase() === "TEXT";
    if (type !== "BUTTONS") return type === "BODY" || type === "FOOTER";
    return !JSON.stringify(component).includes("{{");
  });
}

function contentOf(template: Template, values: Values): Content {
  const isNamed = template.parameter_format === "named";
  return {
    kind: "template",
    body: {
      name: template.name,
      language: template.language,
      category: template.category,
      parameters: holesOf(template).map(({ part, name }) => ({
        component: part,
        value: values[part]?.[name] ?? "",
        ...(isNamed && { name }),
      })),
    },
  };
}

export function TemplateDialog(props: {
  name: string;
  send: (content: Content, key: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useTranslation("conversations");
  const { language } = usePreferences();
  const look = useScheme();
  const [values, setValues] = useState<Partial<Values>>({});
  const [key] = useState(mintKey);
  const templates = useQuery(approvedTemplatesQuery).data?.items.filter(isFillable) ?? [];
  const chosen = templates.find((each) => each.id === values.template);
  return (
    <FormDialog<Values, unknown>
      isOpen
      title={t("templateTitle", { name: props.name })}
      submit={t("send")}
      fields={["template"]}
      topics={["messages", "conversations"]}
      onValuesChange={(_, all) => setValues(all)}
      act={(given) =>
        chosen === undefined ? Promise.resolve() : props.send(contentOf(chosen, given), key)
      }
      onClose={props.onClose}
    >
      <Form.Item name="template" label={t("template")} rules={[{ required: true, message: t("required") }]}>
        <Select
          showSearch={{ optionFilterProp: "label" }}
          options={templates.map((each) => ({
            value: each.id,
            label: `${each.name} · ${languageName(each.language, language)}`,
          }))}
        />
      </Form.Item>
      {chosen !== undefined &&
        holesOf(chosen).map(({ part, name }) => (
          <Form.Item
            key={`${chosen.id} ${part} ${name}`}
            name={[part, name]}
            label={t("valueOf", { name: `{{${name}}}` })}
            rules={[{ required: true, message: t("required") }]}
          >
            <Input autoComplete="off" />
          </Form.Item>
        ))}
      {chosen !== undefined && (
        <div className={`chat chat-${look}`} style={{ borderRadius: 10 }}>
          <BubbleView
            bubble={bubbleOfTemplate(chosen.components, {
              header: values.header ?? {},
              body: values.body ?? {},
            })}
            side="out"
          />
        </div>
      )}
    </FormDialog>
  );
}
