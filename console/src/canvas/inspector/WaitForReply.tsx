// Wait for a reply: how long, which answers have their own way, where the answer is kept.

import { DeleteOutlined, ImportOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { isRecord, listOf, textOf } from "../document";
import { buttonIdOf } from "../kinds";
import { templatesQuery } from "../templates";
import { offeredButtons } from "../offered";
import { DurationField, Frame, TextField } from "./Field";
import { type FormProps, withEntry, withField } from "./forms";

export function WaitForReplyForm({ flow, node, config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const templates = useQuery(templatesQuery).data ?? [];
  const buttons = listOf(config.buttons);
  const known = new Set(buttons.map(buttonIdOf));
  const offered = offeredButtons(flow, node.id, templates).filter((each) => !known.has(each.id));

  function setButton(index: number, id: string, title: string): void {
    const before = buttonIdOf(buttons[index]);
    const button = title === "" ? id : { id, title };
    onChange(
      withField(config, "buttons", withEntry(buttons, index, button)),
      `buttons.${index}`,
      { [`button:${before}`]: `button:${id}` },
    );
  }

  return (
    <>
      <DurationField
        label={t("reply.timeout")}
        path="timeout"
        value={config.timeout ?? { amount: 24, unit: "hours" }}
        onChange={(timeout) => onChange(withField(config, "timeout", timeout), "timeout")}
      />
      <fieldset className="group">
        <legend>{t("reply.buttons")}</legend>
        <p className="soft small">{t("reply.buttonsHelp")}</p>
        {buttons.map((button, index) => (
          // The buttons keep their order, and an id changes while it is typed.
          <div key={index} className="row">
            <Input
              aria-label={t("reply.id", { number: index + 1 })}
              placeholder={t("reply.idShort")}
              value={buttonIdOf(button)}
              disabled={isReadOnly}
              onChange={(event) =>
                setButton(index, event.target.value, isRecord(button) ? textOf(button.title) : "")
              }
            />
            <Input
              aria-label={t("reply.title", { number: index + 1 })}
              placeholder={t("reply.titleShort")}
              value={isRecord(button) ? textOf(button.title) : ""}
              disabled={isReadOnly}
              onChange={(event) => setButton(index, buttonIdOf(button), event.target.value)}
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("reply.remove", { number: index + 1 })}
              disabled={isReadOnly}
              onClick={() =>
                onChange(
                  withField(config, "buttons", withEntry(buttons, index, undefined)),
                  "buttons",
                )
              }
            />
          </div>
        ))}
        {!isReadOnly && (
          <div className="row">
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() =>
                onChange(withField(config, "buttons", [...buttons, `BUTTON_${buttons.length + 1}`]), "add")
              }
            >
              {t("reply.add")}
            </Button>
            {offered.length > 0 && (
              <Button
                size="small"
                icon={<ImportOutlined />}
                onClick={() => onChange(withField(config, "buttons", [...buttons, ...offered]), "take")}
              >
                {t("reply.take", { count: offered.length })}
              </Button>
            )}
          </div>
        )}
      </fieldset>
      <TextField
        label={t("reply.saveAs")}
        path="save_as"
        help={t("reply.saveAsHelp")}
        value={textOf(config.save_as)}
        onChange={(name) => onChange(withField(config, "save_as", name === "" ? undefined : name), "save_as")}
      />
    </>
  );
}
