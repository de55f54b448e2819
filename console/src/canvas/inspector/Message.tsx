// Send a message: text with buttons, a file, a list, a link, a place, a question for one, or a form.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { useScheme } from "../../app/preferences";
import { BubbleView } from "../../parts/PhonePreview";
import type { Bubble } from "../../parts/whatsapp";
import { type Config, isRecord, listOf, textOf } from "../document";
import { ChoiceField, Frame, LiquidField, TextField } from "./Field";
import { type FormProps, withEntry, withField } from "./forms";
import { FurtherPart, previewOfFurther } from "./FurtherMessage";

const FORMS = ["text", "media", "list", "link", "location", "location_request", "form"] as const;
type Form = (typeof FORMS)[number];
const MEDIA = ["image", "video", "audio", "document", "sticker"] as const;
const MOST_BUTTONS = 3;
const MOST_ROWS = 10;

const BEGIN: Record<Form, (before: string) => Config> = {
  text: (body) => ({ body }),
  media: (caption) => ({ kind: "image", link: "", ...(caption !== "" && { caption }) }),
  list: (body) => ({ body, button: "", sections: [{ rows: [{ id: "1", title: "" }] }] }),
  link: (body) => ({ body, title: "", url: "https://" }),
  location: () => ({ latitude: "", longitude: "" }),
  location_request: (body) => ({ body }),
  form: (body) => ({ body, button: "", form_id: "" }),
};

function partOf(config: Config, form: Form): Config {
  const part = config[form];
  return isRecord(part) ? part : {};
}

export function MessageForm({ config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const scheme = useScheme();
  const form = FORMS.find((each) => isRecord(config[each])) ?? "text";
  const part = partOf(config, form);

  function choose(next: Form): void {
    const { [form]: _, ...rest } = config;
    onChange({ ...rest, [next]: BEGIN[next](textOf(part.body) || textOf(part.caption)) }, "form");
  }

  const given = {
    config: part,
    onChange: (changed: Config, field: string) =>
      onChange({ ...config, [form]: changed }, `${form}.${field}`),
  };
  return (
    <>
      <ChoiceField
        label={t("message.form")}
        path="form"
        value={form}
        choices={FORMS.map((value) => ({ value, label: t(`message.forms.${value}`) }))}
        onChange={choose}
      />
      <figure className={`chat chat-${scheme} preview`} aria-label={t("message.preview")}>
        <BubbleView bubble={previewOf(form, part)} side="in" />
      </figure>
      {form === "text" && <TextPart {...given} />}
      {form === "media" && <MediaPart {...given} />}
      {form === "list" && <ListPart {...given} />}
      {form !== "text" && form !== "media" && form !== "list" && (
        <FurtherPart key={form} form={form} {...given} />
      )}
    </>
  );
}

function previewOf(form: Form, part: Config): Bubble {
  if (form === "media") {
    const kind = textOf(part.kind);
    const media = (["image", "video", "audio", "document"] as const).find((each) => each === kind);
    return {
      header: { kind: media ?? "image", text: textOf(part.filename) || textOf(part.link) },
      body: textOf(part.caption),
      buttons: [],
    };
  }
  const further = previewOfFurther(form, part);
  if (further !== undefined) return further;
  const header = textOf(part.header);
  return {
    ...(header !== "" && { header: { kind: "text" as const, text: header } }),
    body: textOf(part.body) || "…",
    footer: textOf(part.footer) || undefined,
    buttons:
      form === "list"
        ? [{ kind: "list", text: textOf(part.button) || "…" }]
        : listOf(part.buttons)
            .filter(isRecord)
            .map((each) => ({ kind: "reply" as const, text: textOf(each.title) || "…" })),
  };
}

interface PartProps {
  config: Config;
  onChange: (config: Config, field: string) => void;
}

function optional(value: string): string | undefined {
  return value === "" ? undefined : value;
}

function HeaderAndFooter({ config, onChange, form }: PartProps & { form: Form }) {
  const { t } = useTranslation("canvas");
  return (["header", "footer"] as const).map((name) => (
    <LiquidField
      key={name}
      label={t(`message.${name}`)}
      path={`${form}.${name}`}
      maxChars={60}
      value={textOf(config[name])}
      onChange={(value) => onChange(withField(config, name, optional(value)), name)}
    />
  ));
}

function TextPart({ config, onChange }: PartProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const buttons = listOf(config.buttons).filter(isRecord);
  const setButtons = (changed: readonly Config[], field: string) =>
    onChange(withField(config, "buttons", changed.length === 0 ? undefined : changed), field);
  return (
    <>
      <LiquidField
        label={t("message.body")}
        path="text.body"
        rows={3}
        maxChars={4096}
        value={textOf(config.body)}
        onChange={(body) => onChange({ ...config, body }, "body")}
      />
      <fieldset className="group">
        <legend>{t("message.buttons")}</legend>
        {buttons.map((button, index) => (
          // The buttons keep their order, and an id changes while it is typed.
          <div key={index} className="row">
            <Input
              aria-label={t("message.buttonTitle", { number: index + 1 })}
              placeholder={t("message.titleShort")}
              value={textOf(button.title)}
              disabled={isReadOnly}
              onChange={(event) =>
                setButtons(withEntry(buttons, index, { ...button, title: event.target.value }), `title.${index}`)
              }
            />
            <Input
              aria-label={t("message.buttonId", { number: index + 1 })}
              placeholder={t("message.idShort")}
              value={textOf(button.id)}
              disabled={isReadOnly}
              onChange={(event) =>
                setButtons(withEntry(buttons, index, { ...button, id: event.target.value }), `id.${index}`)
              }
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("message.removeButton", { number: index + 1 })}
              disabled={isReadOnly}
              onClick={() => setButtons(withEntry(buttons, index, undefined), "buttons")}
            />
          </div>
        ))}
        {buttons.length < MOST_BUTTONS && !isReadOnly && (
          <Button
            size="small"
            icon={<PlusOutlined />}
            onClick={() => setButtons([...buttons, { id: `BUTTON_${buttons.length + 1}`, title: "" }], "add")}
          >
            {t("message.addButton")}
          </Button>
        )}
      </fieldset>
      {buttons.length > 0 && <HeaderAndFooter config={config} onChange={onChange} form="text" />}
    </>
  );
}

function MediaPart({ config, onChange }: PartProps) {
  const { t } = useTranslation("canvas");
  const kind = textOf(config.kind);
  return (
    <>
      <ChoiceField
        label={t("message.mediaKind")}
        path="media.kind"
        value={MEDIA.find((each) => each === kind)}
        choices={MEDIA.map((value) => ({ value, label: t(`message.media.${value}`) }))}
        onChange={(value) => onChange({ ...config, kind: value }, "kind")}
      />
      <LiquidField
        label={t("message.link")}
        path="media.link"
        value={textOf(config.link)}
        onChange={(link) => onChange(withField(config, "link", optional(link)), "link")}
      />
      <TextField
        label={t("message.mediaId")}
        path="media.media_id"
        help={t("message.mediaIdHelp")}
        value={textOf(config.media_id)}
        onChange={(id) => onChange(withField(config, "media_id", optional(id)), "media_id")}
      />
      {kind !== "audio" && kind !== "sticker" && (
        <LiquidField
          label={t("message.caption")}
          path="media.caption"
          maxChars={1024}
          value={textOf(config.caption)}
          onChange={(value) => onChange(withField(config, "caption", optional(value)), "caption")}
        />
      )}
      {kind === "document" && (
        <TextField
          label={t("message.filename")}
          path="media.filename"
          value={textOf(config.filename)}
          onChange={(value) => onChange(withField(config, "filename", optional(value)), "filename")}
        />
      )}
    </>
  );
}

function ListPart({ config, onChange }: PartProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const sections = listOf(config.sections).filter(isRecord);
  const rowCount = sections.reduce((count, each) => count + listOf(each.rows).length, 0);
  const setSections = (changed: readonly Config[], field: string) =>
    onChange({ ...config, sections: changed }, field);
  const setRows = (at: number, rows: readonly unknown[], field: string) => {
    const section = sections[at];
    if (section !== undefined) setSections(withEntry(sections, at, { ...section, rows }), field);
  };
  return (
    <>
      <LiquidField
        label={t("message.body")}
        path="list.body"
        rows={2}
        maxChars={4096}
        value={textOf(config.body)}
        onChange={(body) => onChange({ ...config, body }, "body")}
      />
      <LiquidField
        label={t("message.listButton")}
        path="list.button"
        maxChars={20}
        value={textOf(config.button)}
        onChange={(button) => onChange({ ...config, button }, "button")}
      />
      {sections.map((section, at) => (
        // Sections and rows keep their order, and their texts change while they are typed.
        <fieldset key={at} className="group">
          <legend>{t("message.section", { number: at + 1 })}</legend>
          {sections.length > 1 && (
            <div className="row">
              <Input
                aria-label={t("message.sectionTitle", { number: at + 1 })}
                placeholder={t("message.titleShort")}
                value={textOf(section.title)}
                disabled={isReadOnly}
                onChange={(event) =>
                  setSections(
                    withEntry(sections, at, withField(section, "title", optional(event.target.value))),
                    `section.${at}`,
                  )
                }
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t("message.removeSection", { number: at + 1 })}
                disabled={isReadOnly}
                onClick={() => setSections(withEntry(sections, at, undefined), "sections")}
              />
            </div>
          )}
          {listOf(section.rows)
            .filter(isRecord)
            .map((row, index, rows) => (
              <div key={index} className="row">
                <Input
                  aria-label={t("message.rowTitle", { number: index + 1 })}
                  placeholder={t("message.titleShort")}
                  value={textOf(row.title)}
                  disabled={isReadOnly}
                  onChange={(event) =>
                    setRows(at, withEntry(rows, index, { ...row, title: event.target.value }), `row.${at}.${index}`)
                  }
                />
                <Input
                  aria-label={t("message.rowId", { number: index + 1 })}
                  placeholder={t("message.idShort")}
                  value={textOf(row.id)}
                  disabled={isReadOnly}
                  style={{ maxWidth: 90 }}
                  onChange={(event) =>
                    setRows(at, withEntry(rows, index, { ...row, id: event.target.value }), `rowid.${at}.${index}`)
                  }
                />
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("message.removeRow", { number: index + 1 })}
                  disabled={isReadOnly || rows.length === 1}
                  onClick={() => setRows(at, withEntry(rows, index, undefined), "rows")}
                />
              </div>
            ))}
          {rowCount < MOST_ROWS && !isReadOnly && (
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() =>
                setRows(at, [...listOf(section.rows), { id: String(rowCount + 1), title: "" }], "addRow")
              }
            >
              {t("message.addRow")}
            </Button>
          )}
        </fieldset>
      ))}
      {rowCount < MOST_ROWS && !isReadOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            setSections(
              [...sections, { title: "", rows: [{ id: String(rowCount + 1), title: "" }] }],
              "addSection",
            )
          }
        >
          {t("message.addSection")}
        </Button>
      )}
      <HeaderAndFooter config={config} onChange={onChange} form="list" />
    </>
  );
}
