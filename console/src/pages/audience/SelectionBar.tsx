// What can be done with the chosen contacts.

import { DeleteOutlined, UsergroupAddOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Form, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { useAct } from "../../parts/act";
import { exactCount } from "../../parts/numbers";
import { usePreferences } from "../../app/preferences";
import { useAsk } from "../../parts/ask";
import { FormDialog } from "../../parts/FormDialog";
import { chosenGroupsOf, GroupPicker } from "./GroupPicker";
import { contactQueryOf, LARGEST_PAGE } from "./queries";
import type { ContactSearch } from "./search";
import { collectIds, MOST_AT_ONCE } from "./selection";

type Change = Schemas["MembershipBody"]["change"];
const CHANGES: readonly Change[] = ["add", "remove", "replace"];

interface RegroupValues {
  change: Change;
  groups: string[];
}

export function RegroupDialog(props: {
  contactIds: number[];
  initialChange?: Change;
  onDone?: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const count = props.contactIds.length;
  return (
    <FormDialog<RegroupValues, unknown>
      isOpen
      title={t("regroup.title", { count, shown: exactCount(count, language) })}
      submit={t("regroup.submit")}
      initial={{ change: props.initialChange ?? "add", groups: [] }}
      fields={[]}
      topics={["contacts", "groups"]}
      act={({ change, groups }) => {
        const { ids, names } = chosenGroupsOf(groups);
        return answerOf(
          api.POST("/api/v1/contacts/groups", {
            body: { contact_ids: props.contactIds, group_ids: ids, group_names: names, change },
          }),
        );
      }}
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

export function SelectionBar(props: {
  chosen: number[];
  search: ContactSearch;
  canChooseMore: boolean;
  onChoose: (ids: number[]) => void;
}) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const queries = useQueryClient();
  const ask = useAsk();
  const [isRegrouping, setIsRegrouping] = useState(false);
  const [collected, setCollected] = useState<number>();
  const [hasMore, setHasMore] = useState(false);
  const count = props.chosen.length;
  const shown = exactCount(count, language);

  const chooseAll = useAct({
    topics: [],
    act: () =>
      collectIds(async (cursor) => {
        const page = await answerOf(
          api.GET("/api/v1/contacts", {
            params: { query: { ...contactQueryOf(props.search), cursor, limit: LARGEST_PAGE } },
          }),
        );
        return { ids: page.items.map(({ id }) => id), nextCursor: page.next_cursor };
      }, setCollected),
    onDone: (found) => {
      setCollected(undefined);
      setHasMore(found.hasMore);
      props.onChoose(found.ids);
    },
  });
  const remove = useAct({
    topics: ["contacts", "groups"],
    act: () =>
      answerOf(api.POST("/api/v1/contacts/delete", { body: { contact_ids: props.chosen } })),
    done: ({ deleted_count }) =>
      t("selection.deleted", { count: deleted_count, shown: exactCount(deleted_count, language) }),
    onDone: () => props.onChoose([]),
  });

  return (
    <section className="selection-bar" aria-label={t("selection.title")}>
      <span role="status">
        {t("selection.count", { count, shown })}
        {hasMore && ` ${t("selection.most", { most: exactCount(MOST_AT_ONCE, language) })}`}
      </span>
      {props.canChooseMore && count < MOST_AT_ONCE && (
        <Button type="link" loading={chooseAll.isPending} onClick={() => chooseAll.mutate()}>
          {collected === undefined
            ? t("selection.all")
            : t("selection.collecting", { shown: exactCount(collected, language) })}
        </Button>
      )}
      <Button type="link" onClick={() => props.onChoose([])}>
        {t("selection.none")}
      </Button>
      <span className="spring" />
      <Button icon={<UsergroupAddOutlined />} onClick={() => setIsRegrouping(true)}>
        {t("selection.regroup")}
      </Button>
      <Button
        danger
        icon={<DeleteOutlined />}
        loading={remove.isPending}
        onClick={() =>
          ask({
            title: t("selection.deleteTitle", { count, shown }),
            text: t("contact.deleteText"),
            submit: t("selection.delete"),
            onYes: () => remove.mutateAsync(),
          })
        }
      >
        {t("selection.delete")}
      </Button>
      {isRegrouping && (
        <RegroupDialog
          contactIds={props.chosen}
          onDone={() => {
            props.onChoose([]);
            void queries.invalidateQueries({ queryKey: ["contacts"] });
          }}
          onClose={() => setIsRegrouping(false)}
        />
      )}
    </section>
  );
}
