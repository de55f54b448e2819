// Choosing groups; new ones are named by typing.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { allGroupsQuery } from "./queries";

/** Chosen groups: known ones by id, new ones by name. */
export interface ChosenGroups {
  ids: number[];
  names: string[];
}

const ID_PREFIX = "#";

/** What the picker holds ("#12" for a group, else a new name), as the API wants it. */
export function chosenGroupsOf(values: readonly string[]): ChosenGroups {
  return {
    ids: values.filter(isKnown).map((value) => Number(value.slice(1))),
    names: values.filter((value) => !isKnown(value)).map((value) => value.trim()),
  };
}

function isKnown(value: string): boolean {
  return /^#\d+$/.test(value);
}

export function valueOfGroup(groupId: number): string {
  return `${ID_PREFIX}${groupId}`;
}

export function GroupPicker(props: {
  id?: string;
  value?: string[];
  onChange?: (value: string[]) => void;
  areNewAllowed?: boolean;
  /** Whether the group of people without another one can be chosen. */
  isSystemShown?: boolean;
}) {
  const { t } = useTranslation("audience");
  const groups = useQuery(allGroupsQuery);
  return (
    <Select
      id={props.id}
      mode={props.areNewAllowed === false ? "multiple" : "tags"}
      value={props.value}
      onChange={props.onChange}
      loading={groups.isPending}
      placeholder={t(props.areNewAllowed === false ? "picker.some" : "picker.someOrNew")}
      aria-label={t("groups.title")}
      style={{ width: "100%" }}
      showSearch={{ optionFilterProp: "label" }}
      options={(groups.data?.items ?? [])
        .filter((group) => !group.is_system || props.isSystemShown)
        .map((group) => ({ value: valueOfGroup(group.id), label: group.name }))}
    />
  );
}
