// What most people leave as it is.

import { useQuery } from "@tanstack/react-query";
import { Form, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { ExcludeField } from "./DialogFields";

const CHOICES = {
  zone_mode: ["workspace", "contact"],
  overlap: ["skip", "queue", "parallel"],
  reentry: ["restart", "skip", "parallel"],
  doubt_policy: ["at_most_once", "at_least_once"],
} as const;

export function SettingsFields() {
  const { t } = useTranslation("campaigns");
  const { data } = useQuery({
    queryKey: ["senders"],
    queryFn: () => answerOf(api.GET("/api/v1/senders")),
  });
  return (
    <>
      <ExcludeField />
      <div className="two-columns">
        {Object.entries(CHOICES).map(([name, values]) => (
          <Form.Item key={name} name={name} label={t(`settings.${name}.label`)}>
            <Select
              options={values.map((value) => ({ value, label: t(`settings.${name}.${value}`) }))}
            />
          </Form.Item>
        ))}
        <Form.Item name="misfire_grace_minutes" label={t("settings.grace")}>
          <InputNumber min={0} max={10_080} precision={0} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="sender_name" label={t("settings.sender")}>
          <Select
            allowClear
            placeholder={t("settings.senderFlow")}
            options={data?.items.map((sender) => ({ value: sender.name, label: sender.name }))}
          />
        </Form.Item>
      </div>
    </>
  );
}
