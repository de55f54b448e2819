// Adding contacts to groups, taking them out, or moving them; what can be taken back is offered so.

import { Form, Radio } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api, mintKey, type Schemas } from "../../api/client";
import { FormDialog } from "../../parts/FormDialog";
import { useUndo } from "../../parts/undo";
import { bulkFilterOf, type Choice } from "./bulk";
import { chosenGroupsOf, GroupPicker, valueOfGroup } from "./GroupPicker";
import type { ContactSearch } from "./search";

type Change = Schemas["MembershipBody"]["change"];
const CHANGES: readonly Change[] = ["add", "remove", "replace"];

interface RegroupValues {
  change: Change;
  groups: string[];
}

async function regroup(
  contactIds: readonly number[],
  change: Change,
  groupIds: readonly number[],
  groupNames: readonly string[] = [],
): Promise<void> {
  await answerOf(
    api.POST("/api/v1/contacts/groups", {
      body: {
        contact_ids: [...contactIds],
        group_ids: [...groupIds],
        group_names: [...groupNames],
        change,
      },
    }),
  );
}

/** Whether everybody chosen was in the group before: the list shows its members only. */
export function canBeUndone(
  change: Change,
  groupIds: readonly number[],
  search: ContactSearch,
): boolean {
  return change === "remove" && groupIds.length === 1 && groupIds[0] === search.group_id;
}

export function RegroupDialog(props: {
  choice: Choice;
  search: ContactSearch;
  count: number;
  shown: string;
  initialChange?: Change;
  onDone?: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("audience");
  const offerUndo = useUndo();
  const { choice, search, count, shown } = props;

  async function change({ change: how, groups }: RegroupValues): Promise<void> {
    const { ids, names } = chosenGroupsOf(groups);
    if (choice === "all") {
      await answerOf(
        api.POST("/api/v1/bulk-actions", {
          body: {
            kind: how,
            filter: bulkFilterOf(choice, search),
            group_ids: ids,
            group_names: names,
            reason: "",
          },
          params: { header: { "idempotency-key": mintKey() } },
        }),
      );
      return;
    }
    await regroup(choice, how, ids, names);
    if (canBeUndone(how, ids, search)) {
      offerUndo({
        told: t("regroup.removed", { count, shown }),
        topics: ["contacts", "groups"],
        undo: () => regroup(choice, "add", ids),
      });
    }
  }

  return (
    <FormDialog<RegroupValues, unknown>
      isOpen
      title={t("regroup.title", { count, shown })}
      submit={t("regroup.submit")}
      initial={{
        change: props.initialChange ?? "add",
        groups:
          props.initialChange === "remove" && search.group_id !== undefined
            ? [valueOfGroup(search.group_id)]
            : [],
      }}
      fields={[]}
      topics={["contacts", "groups", "bulk-actions"]}
      act={change}
      onDone={props.onDone}
      onClose={props.onClose}
    >
      <Form.Item required name="change" label={t("regroup.how")}>
        <Radio.Group
          className="choices"
          options={CHANGES.map((each) => ({ value: each, label: t(`regroup.changes.${each}`) }))}
        />
      </Form.Item>
      <Form.Item
        name="groups"
        label={t("groups.title")}
        rules={[{ required: true, message: t("regroup.needsGroup") }]}
      >
        <GroupPicker />
      </Form.Item>
    </FormDialog>
  );
}
