// The search of the list, kept in the address.

import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { groupsQuery } from "./queries";
import { type ListSearch, STATUSES } from "./search";

const TYPING_MILLISECONDS = 250;

/** A text that is told on when its writer pauses. */
export function SettledInput(props: {
  value: string | undefined;
  label: string;
  onChange: (text: string | undefined) => void;
}) {
  const { value, onChange } = props;
  const [text, setText] = useState(value ?? "");
  useEffect(() => setText(value ?? ""), [value]);
  useEffect(() => {
    if (text === (value ?? "")) return undefined;
    const timer = window.setTimeout(() => onChange(text || undefined), TYPING_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <Input.Search
      allowClear
      value={text}
      placeholder={props.label}
      aria-label={props.label}
      onChange={(event) => setText(event.target.value)}
      onSearch={(now) => onChange(now || undefined)}
      style={{ width: 230 }}
    />
  );
}

export function CampaignFilters(props: {
  search: ListSearch;
  onChange: (search: ListSearch) => void;
}) {
  const { search, onChange } = props;
  const { t } = useTranslation("campaigns");
  const flows = useQuery({
    queryKey: ["flows", "choices"],
    queryFn: () => answerOf(api.GET("/api/v1/flows", { params: { query: { limit: 200 } } })),
  });
  const groups = useQuery(groupsQuery);
  const named = { showSearch: { optionFilterProp: "label" }, allowClear: true, style: { width: 180 } };
  return (
    <search className="filters">
      <SettledInput
        value={search.name}
        label={t("fields.name")}
        onChange={(name) => onChange({ ...search, name })}
      />
      <Select
        {...named}
        aria-label={t("fields.flow")}
        placeholder={t("allFlows")}
        value={search.flow_id}
        onChange={(flow_id) => onChange({ ...search, flow_id })}
        options={flows.data?.items.map((flow) => ({ value: flow.id, label: flow.name }))}
      />
      <Select
        {...named}
        aria-label={t("fields.group")}
        placeholder={t("allGroups")}
        value={search.group_id}
        onChange={(group_id) => onChange({ ...search, group_id })}
        options={groups.data?.items.map((group) => ({ value: group.id, label: group.name }))}
      />
      <Select
        {...named}
        aria-label={t("fields.status")}
        placeholder={t("allStatuses")}
        value={search.status}
        onChange={(status) => onChange({ ...search, status })}
        options={STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
      />
    </search>
  );
}
