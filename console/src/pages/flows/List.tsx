// All flows: what is published, what waits to be, and who uses it.

import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { App, Button, Dropdown, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { documentOf, TRIGGER_KINDS } from "../../canvas/document";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { answerOf, api } from "../../api/client";
import "./flows.css";
import { FlowState } from "./FlowState";
import { FlowsNav } from "./FlowsNav";
import { NewFlow } from "./NewFlow";
import { ProblemsHere, UsedBy, WaitingHere } from "./ListCells";
import { Publish } from "./Publish";
import {
  createFlow,
  deleteFlow,
  exportAddress,
  type FlowSummary,
  flowsQuery,
  problemCountsQuery,
  unpublishFlow,
} from "./queries";
import type { FlowListSearch } from "./search";

const route = getRouteApi("/shell/flows");

export function FlowList() {
  const { t } = useTranslation("flows");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayEdit = useMay("edit_flows");
  const [isMaking, setIsMaking] = useState(false);
  const [publishing, setPublishing] = useState<FlowSummary>();
  const paging = usePaging(JSON.stringify(search));
  const query = useQuery(flowsQuery(search, paging.cursor));
  const problems = useQuery(problemCountsQuery(query.data?.items ?? []));
  const problemsOf = new Map(problems.data?.items.map((each) => [each.flow_id, each]));
  const filter = (changes: Partial<FlowListSearch>) =>
    void navigate({ search: { ...search, ...changes }, replace: true });

  return (
    <>
      <PageHead
        title={t("title")}
        below={t("below")}
        actions={
          mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsMaking(true)}>
              {t("new.button")}
            </Button>
          )
        }
      />
      <FlowsNav />
      <div className="filters">
        <Input.Search
          allowClear
          defaultValue={search.search}
          placeholder={t("filters.search")}
          aria-label={t("filters.search")}
          style={{ width: 240 }}
          onSearch={(text) => filter({ search: text.trim() || undefined })}
        />
        <Select
          allowClear
          aria-label={t("filters.trigger")}
          placeholder={t("filters.trigger")}
          value={search.trigger}
          style={{ width: 190 }}
          options={TRIGGER_KINDS.map((value) => ({ value, label: t(`canvas:triggers.${value}`) }))}
          onChange={(trigger) => filter({ trigger })}
        />
        <Select<"yes" | "no">
          allowClear
          aria-label={t("filters.state")}
          placeholder={t("filters.state")}
          value={search.published === undefined ? undefined : search.published ? "yes" : "no"}
          style={{ width: 170 }}
          options={[
            { value: "yes", label: t("filters.published") },
            { value: "no", label: t("filters.draft") },
          ]}
          onChange={(value) => filter({ published: value === undefined ? undefined : value === "yes" })}
        />
      </div>
      <ListTable<FlowSummary>
        query={query}
        paging={paging}
        rowKey="id"
        label={t("title")}
        minWidth={1080}
        isFiltered={Object.values(search).some((each) => each !== undefined)}
        onClearFilters={() => void navigate({ search: {} })}
        empty={
          <Empty
            title={t("empty.title")}
            text={t("empty.text")}
            action={
              mayEdit && (
                <Button type="primary" onClick={() => setIsMaking(true)}>
                  {t("new.button")}
                </Button>
              )
            }
          />
        }
        card={(flow) => (
          <>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 8 }}>
              <Link to="/flows/$flowId" params={{ flowId: flow.id }}>
                {flow.name}
              </Link>
              <RowMenu flow={flow} onPublish={() => setPublishing(flow)} />
            </div>
            <FlowState flow={flow} />
            <div className="soft">{t(`canvas:triggers.${flow.trigger_kind}`)}</div>
            {(flow.live_campaign_count > 0 || flow.binding_count > 0) && <UsedBy flow={flow} />}
            {flow.waiting_count > 0 && (
              <div>
                {t("columns.waiting")}: <WaitingHere flow={flow} />
              </div>
            )}
            <div>
              {t("columns.problems")}: <ProblemsHere counts={problemsOf.get(flow.id)} />
            </div>
          </>
        )}
        columns={[
          {
            title: t("columns.name"),
            key: "name",
            render: (_, flow) => (
              <Link to="/flows/$flowId" params={{ flowId: flow.id }}>
                {flow.name}
              </Link>
            ),
          },
          { title: t("columns.state"), key: "state", render: (_, flow) => <FlowState flow={flow} isBrief /> },
          {
            title: t("columns.version"),
            key: "version",
            className: "number",
            render: (_, flow) => flow.published_number ?? <span className="soft">–</span>,
          },
          {
            title: t("columns.trigger"),
            key: "trigger",
            render: (_, flow) => t(`canvas:triggers.${flow.trigger_kind}`),
          },
          { title: t("columns.campaigns"), key: "campaigns", render: (_, flow) => <UsedBy flow={flow} /> },
          { title: t("columns.waiting"), key: "waiting", render: (_, flow) => <WaitingHere flow={flow} /> },
          {
            title: t("columns.problems"),
            key: "problems",
            render: (_, flow) => <ProblemsHere counts={problemsOf.get(flow.id)} />,
          },
          { title: t("columns.changed"), key: "changed", render: (_, flow) => <Ago at={flow.updated_at} /> },
          {
            title: <span className="visually-hidden">{t("columns.actions")}</span>,
            key: "actions",
            width: 56,
            render: (_, flow) => <RowMenu flow={flow} onPublish={() => setPublishing(flow)} />,
          },
        ]}
      />
      <NewFlow isOpen={isMaking} onClose={() => setIsMaking(false)} />
      {publishing !== undefined && <Publish flow={publishing} onClose={() => setPublishing(undefined)} />}
    </>
  );
}

function RowMenu({ flow, onPublish }: { flow: FlowSummary; onPublish: () => void }) {
  const { t } = useTranslation("flows");
  const { modal } = App.useApp();
  const navigate = route.useNavigate();
  const mayEdit = useMay("edit_flows");
  const mayPublish = useMay("publish_flows");
  const topics = ["flows"];
  const unpublish = useAct({ act: () => unpublishFlow(flow.id), topics, done: t("done.unpublished", { name: flow.name }) });
  const remove = useAct({ act: () => deleteFlow(flow.id), topics, done: t("done.deleted", { name: flow.name }) });
  const copy = useAct({
    act: async () => {
      const { draft } = await answerOf(
        api.GET("/api/v1/flows/{flow_id}", { params: { path: { flow_id: flow.id } } }),
      );
      return createFlow(documentOf(draft), `${flow.name.slice(0, 50)} (${t("copyWord")})`);
    },
    topics,
    done: (made) => t("done.copied", { name: made.name }),
  });
  const isPublished = flow.published_number !== null;
  const items = [
    ...(mayPublish && flow.has_unpublished_changes ? [{ key: "publish", label: t("actions.publish") }] : []),
    ...(mayPublish && isPublished ? [{ key: "unpublish", label: t("actions.unpublish") }] : []),
    ...(mayEdit ? [{ key: "copy", label: t("actions.copy") }] : []),
    { key: "versions", label: t("actions.versions") },
    { key: "tests", label: t("actions.tests") },
    ...(flow.trigger_kind === "manual" ? [] : [{ key: "bindings", label: t("nav.bindings") }]),
    { key: "export", label: <a href={exportAddress(flow.id)}>{t("actions.export")}</a> },
    ...(mayEdit ? [{ key: "delete", label: t("actions.delete"), danger: true }] : []),
  ];

  function confirmDelete(): void {
    if (isPublished || flow.live_campaign_count > 0) {
      modal.info({
        title: t("delete.notNow", { name: flow.name }),
        content: flow.live_campaign_count > 0
          ? t("delete.used", { count: flow.live_campaign_count })
          : t("delete.published"),
      });
      return;
    }
    modal.confirm({
      title: t("delete.title", { name: flow.name }),
      content: t("delete.text"),
      okText: t("actions.delete"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(),
    });
  }

  const choose: Record<string, () => void> = {
    publish: onPublish,
    unpublish: () =>
      modal.confirm({
        title: t("unpublish.title", { name: flow.name }),
        content: t("unpublish.text"),
        okText: t("actions.unpublish"),
        onOk: () => unpublish.mutateAsync(),
      }),
    copy: () => copy.mutate(),
    versions: () => void navigate({ to: "/flows/$flowId/versions", params: { flowId: flow.id } }),
    tests: () => void navigate({ to: "/flows/$flowId/tests", params: { flowId: flow.id } }),
    bindings: () => void navigate({ to: "/flows/bindings", search: { flow: flow.id } }),
    delete: confirmDelete,
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => choose[key]?.() }}>
      <Button type="text" icon={<MoreOutlined />} aria-label={t("actions.of", { name: flow.name })} />
    </Dropdown>
  );
}
