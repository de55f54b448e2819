// What can be done with the chosen contacts: a few, at once; or all that fit the filters, as a job.

import {
  DeleteOutlined,
  DownloadOutlined,
  StopOutlined,
  UsergroupAddOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, mintKey } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { FormDialog } from "../../parts/FormDialog";
import { exactCount } from "../../parts/numbers";
import { type BulkBody, bulkFilterOf, type Choice, useBulk } from "./bulk";
import { contactCountQuery } from "./queries";
import { RegroupDialog } from "./RegroupDialog";
import type { ContactSearch } from "./search";

function OptOutDialog(props: {
  title: string;
  text: string;
  filter: BulkBody["filter"];
  onDone: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("audience");
  return (
    <FormDialog<{ reason: string }, unknown>
      isOpen
      isDangerous
      title={props.title}
      submit={t("consent.submit.opted_out")}
      initial={{ reason: "" }}
      fields={["reason"]}
      topics={["bulk-actions", "contacts"]}
      act={({ reason }) =>
        answerOf(
          api.POST("/api/v1/bulk-actions", {
            body: { kind: "opt_out", filter: props.filter, reason, group_ids: [], group_names: [] },
            params: { header: { "idempotency-key": mintKey() } },
          }),
        )
      }
      onDone={props.onDone}
      onClose={props.onClose}
    >
      <p>{props.text}</p>
      <Form.Item name="reason" label={t("consent.reason")} extra={t("consent.reasonHint")}>
        <Input maxLength={200} />
      </Form.Item>
    </FormDialog>
  );
}

export function SelectionBar(props: {
  choice: Choice;
  search: ContactSearch;
  canChooseMore: boolean;
  onChoose: (choice: Choice) => void;
}) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const mayEdit = useMay("edit_audience");
  const ask = useAsk();
  const [open, setOpen] = useState<"regroup" | "optOut">();
  const isAll = props.choice === "all";
  const counted = useQuery({
    ...contactCountQuery(props.search),
    enabled: isAll || props.canChooseMore,
  });
  const all = counted.data;
  const approximately = all === undefined || all.is_exact ? "" : "≈ ";
  const allShown = all === undefined ? "…" : approximately + exactCount(all.count, language);
  const count = isAll ? (all?.count ?? 2) : props.choice.length;
  const shown = isAll ? allShown : exactCount(count, language);
  const filter = bulkFilterOf(props.choice, props.search);
  const clear = () => props.onChoose([]);
  const bulk = useBulk(clear);
  const isFew = props.choice !== "all" ? props.choice : undefined;

  const remove = useAct({
    topics: ["contacts", "groups"],
    act: (ids: readonly number[]) =>
      answerOf(api.POST("/api/v1/contacts/delete", { body: { contact_ids: [...ids] } })),
    done: ({ deleted_count }) =>
      t("selection.deleted", { count: deleted_count, shown: exactCount(deleted_count, language) }),
    onDone: clear,
  });

  function start(kind: BulkBody["kind"]): Promise<unknown> {
    return bulk.mutateAsync({ kind, filter, group_ids: [], group_names: [], reason: "" });
  }

  return (
    <section className="selection-bar" aria-label={t("selection.title")}>
      <span role="status">{t(isAll ? "selection.countAll" : "selection.count", { count, shown })}</span>
      {props.canChooseMore && !isAll && (
        <Button type="link" onClick={() => props.onChoose("all")}>
          {t("selection.all", { shown: allShown })}
        </Button>
      )}
      <Button type="link" onClick={clear}>
        {t("selection.none")}
      </Button>
      <span className="spring" />
      <Button
        icon={<DownloadOutlined />}
        loading={bulk.isPending}
        onClick={() => void start("export").catch(() => undefined)}
      >
        {t("selection.export")}
      </Button>
      {mayEdit && (
        <>
          <Button icon={<UsergroupAddOutlined />} onClick={() => setOpen("regroup")}>
            {t("selection.regroup")}
          </Button>
          <Button icon={<StopOutlined />} onClick={() => setOpen("optOut")}>
            {t("consent.submit.opted_out")}
          </Button>
          <Button
            danger
            icon={<DeleteOutlined />}
            loading={remove.isPending || bulk.isPending}
            onClick={() =>
              ask({
                title: t("selection.deleteTitle", { count, shown }),
                text: t("contact.deleteText"),
                submit: t("selection.delete"),
                onYes: () => (isFew === undefined ? start("delete") : remove.mutateAsync(isFew)),
              })
            }
          >
            {t("selection.delete")}
          </Button>
        </>
      )}
      {open === "regroup" && (
        <RegroupDialog
          choice={props.choice}
          search={props.search}
          count={count}
          shown={shown}
          onDone={clear}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === "optOut" && (
        <OptOutDialog
          title={t("selection.optOutTitle", { count, shown })}
          text={t("selection.optOutText")}
          filter={filter}
          onDone={clear}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}
