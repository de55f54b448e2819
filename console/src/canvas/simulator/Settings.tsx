// Who plays, and when the clock begins.

import { SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Input, Popover, Select } from "antd";
import dayjs from "dayjs";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import type { FlowDocument } from "../document";
import type { PlaySettings } from "../play";
import { useSettled } from "../problems";

export function SettingsButton(props: {
  flow: FlowDocument;
  settings: PlaySettings;
  onChange: (settings: PlaySettings) => void;
}) {
  const { t } = useTranslation("canvas");
  const { settings, onChange } = props;
  const [typed, setTyped] = useState("");
  const words = useSettled(typed, 250);
  const { data } = useQuery({
    queryKey: ["contacts", "to-play-with", words],
    queryFn: () =>
      answerOf(api.GET("/api/v1/contacts", { params: { query: { search: words || undefined, limit: 20 } } })),
  });
  const people = useMemo(
    () => [
      { value: 0, label: t("phone.invented") },
      ...(data?.items ?? []).map((each) => ({
        value: each.id,
        label: `${each.name} ${each.phone ?? ""}`.trim(),
      })),
    ],
    [data, t],
  );
  const inputs = props.flow.trigger?.inputs ?? [];
  const form = (
    <div style={{ width: 280, display: "grid", gap: 8 }}>
      <label>
        <span className="small">{t("phone.person")}</span>
        <Select
          aria-label={t("phone.person")}
          style={{ width: "100%" }}
          value={settings.contactId ?? 0}
          options={people}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          onChange={(id: number) => onChange({ ...settings, contactId: id === 0 ? undefined : id })}
        />
      </label>
      {settings.contactId === undefined && (
        <label>
          <span className="small">{t("phone.name")}</span>
          <Input value={settings.name} onChange={(event) => onChange({ ...settings, name: event.target.value })} />
        </label>
      )}
      {settings.contactId === undefined && (
        <label>
          <span className="small">{t("phone.attributes")}</span>
          <Input.TextArea
            aria-label={t("phone.attributes")}
            autoSize={{ minRows: 1, maxRows: 4 }}
            placeholder="city=Wien"
            defaultValue={Object.entries(settings.attributes)
              .map(([name, value]) => `${name}=${value}`)
              .join("\n")}
            onBlur={(event) => onChange({ ...settings, attributes: attributesOf(event.target.value) })}
          />
        </label>
      )}
      <label>
        <span className="small">{t("phone.startedAt")}</span>
        <DatePicker
          aria-label={t("phone.startedAt")}
          style={{ width: "100%" }}
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          value={settings.startedAt === undefined ? null : dayjs(settings.startedAt)}
          onChange={(day) => onChange({ ...settings, startedAt: day?.toISOString() })}
        />
      </label>
      {inputs.map(({ name }) => (
        <label key={name}>
          <span className="small mono">{name}</span>
          <Input
            value={settings.inputs[name] ?? ""}
            onChange={(event) => {
              const { [name]: _, ...rest } = settings.inputs;
              const value = event.target.value;
              onChange({ ...settings, inputs: value === "" ? rest : { ...rest, [name]: value } });
            }}
          />
        </label>
      ))}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={form} title={t("phone.settings")}>
      <Button size="small" icon={<SettingOutlined />} aria-label={t("phone.settings")} title={t("phone.settings")} />
    </Popover>
  );
}

/** One `name=value` a line. */
export function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .map((line) => line.split("="))
      .filter(([name, ...rest]) => name !== undefined && name.trim() !== "" && rest.length > 0)
      .map(([name, ...rest]) => [(name ?? "").trim(), rest.join("=").trim()]),
  );
}
