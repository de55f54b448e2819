// The forms of a message besides text, files and lists: a link, a place, a question for one, a form.

import { useTranslation } from "react-i18next";
import type { Bubble } from "../../parts/whatsapp";
import { type Config, textOf } from "../document";
import { LiquidField, TextField } from "./Field";
import { withField } from "./forms";
import { JsonField } from "./SchemaFields";

type Further = "link" | "location" | "location_request" | "form";

interface Row {
  name: string;
  /** How it is typed: words with holes, a number or words, an id, or values by name. */
  as: "words" | "degrees" | "id" | "values";
  maxChars?: number;
  rows?: number;
  isOptional?: boolean;
}

const BODY: Row = { name: "body", as: "words", maxChars: 1024, rows: 2 };
const HEADER: Row = { name: "header", as: "words", maxChars: 60, isOptional: true };
const FOOTER: Row = { name: "footer", as: "words", maxChars: 60, isOptional: true };

const ROWS: Readonly<Record<Further, readonly Row[]>> = {
  link: [
    BODY,
    { name: "title", as: "words", maxChars: 20 },
    { name: "url", as: "words" },
    HEADER,
    FOOTER,
  ],
  location: [
    { name: "latitude", as: "degrees" },
    { name: "longitude", as: "degrees" },
    { name: "name", as: "words", isOptional: true },
    { name: "address", as: "words", isOptional: true },
  ],
  location_request: [BODY],
  form: [
    BODY,
    { name: "button", as: "words", maxChars: 20 },
    { name: "form_id", as: "id" },
    { name: "screen", as: "id", isOptional: true },
    { name: "data", as: "values", isOptional: true },
    HEADER,
    FOOTER,
  ],
};

/** A number when it is one, else the words as they stand. */
function degreesOf(typed: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}

export function FurtherPart(props: {
  form: Further;
  config: Config;
  onChange: (config: Config, field: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { form, config, onChange } = props;
  return ROWS[form].map(({ name, as, maxChars, rows, isOptional }) => {
    const given = {
      label: t(`message.parts.${name}`),
      path: `${form}.${name}`,
      help: as === "degrees" ? t("message.degreesHelp") : undefined,
    };
    const set = (value: unknown) =>
      onChange(withField(config, name, isOptional && value === "" ? undefined : value), name);
    const value = config[name];
    if (as === "values") return <JsonField key={name} {...given} value={value} onChange={set} />;
    if (as === "id") return <TextField key={name} {...given} value={textOf(value)} onChange={set} />;
    return (
      <LiquidField
        key={name}
        {...given}
        rows={rows}
        maxChars={maxChars}
        value={typeof value === "number" ? String(value) : textOf(value)}
        onChange={(typed) => set(as === "degrees" ? degreesOf(typed) : typed)}
      />
    );
  });
}

/** How one of these looks; undefined for the others. */
export function previewOfFurther(form: string, part: Config): Bubble | undefined {
  const header = textOf(part.header);
  const around = {
    ...(header !== "" && { header: { kind: "text" as const, text: header } }),
    body: textOf(part.body) || "…",
    footer: textOf(part.footer) || undefined,
  };
  switch (form) {
    case "link":
      return { ...around, buttons: [{ kind: "url", text: textOf(part.title) || "…" }] };
    case "form":
      return { ...around, buttons: [{ kind: "flow", text: textOf(part.button) || "…" }] };
    case "location_request":
      return { ...around, buttons: [] };
    case "location":
      return {
        header: { kind: "location", text: textOf(part.name) },
        body: textOf(part.address),
        buttons: [],
      };
    default:
      return undefined;
  }
}
