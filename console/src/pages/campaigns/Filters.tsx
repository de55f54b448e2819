// The search of the list, kept in the address.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { SettledInput } from "../../parts/SettledInput";
import { groupsQuery } from "./queries";
import { type ListSearch, STATUSES } from "./search";

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
