// The buttons of a template that is written.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { BUTTON_TYPES, type ButtonDraft } from "./draft";

const LONGEST_TEXT = 25;

export function ButtonFields(props: { buttons: ButtonDraft[]; onChange: (buttons: ButtonDraft[]) => void }) {
  const { t } = useTranslation("templates");
  const { buttons, onChange } = props;
  const set = (index: number, change: Partial<ButtonDraft>) =>
    onChange(buttons.map((button, other) => (other === index ? { ...button, ...change } : button)));
  return (
    <fieldset className="plain">
      <legend className="section-title">{t("parts.buttons")}</legend>
      {buttons.map((button, index) => {
        const number = index + 1;
        return (
          // Buttons have no names of their own: their places are their names.
          <div key={index} className="button-fields">
            <Select
              value={button.type}
              aria-label={t("buttonType", { number })}
              options={BUTTON_TYPES.map((value) => ({ value, label: t(`buttonTypes.${value}`) }))}
              onChange={(type) => set(index, { type })}
            />
            <Input
              value={button.text}
              maxLength={LONGEST_TEXT}
              aria-label={t("buttonText", { number })}
              placeholder={t("buttonText", { number })}
              onChange={(event) => set(index, { text: event.target.value })}
            />
            {button.type === "URL" && (
              <Input
                value={button.url}
                aria-label={t("buttonUrl", { number })}
                placeholder="https://"
                onChange={(event) => set(index, { url: event.target.value.trim() })}
              />
            )}
            {button.type === "PHONE_NUMBER" && (
              <Input
                value={button.phone_number}
                aria-label={t("buttonPhone", { number })}
                placeholder="+49"
                onChange={(event) => set(index, { phone_number: event.target.value.trim() })}
              />
            )}
            <Button
              icon={<DeleteOutlined />}
              aria-label={t("buttonRemove", { number })}
              onClick={() => onChange(buttons.filter((_, other) => other !== index))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() => onChange([...buttons, { type: "QUICK_REPLY", text: "" }])}
      >
        {t("buttonAdd")}
      </Button>
    </fieldset>
  );
}
