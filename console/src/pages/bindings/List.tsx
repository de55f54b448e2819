// Which flows listen to which senders, in the order in which they are asked.

import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { App, Button, Dropdown, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Status } from "../../parts/Status";
import { useUndo } from "../../parts/undo";
import { FlowsNav } from "../flows/FlowsNav";
import { Publish } from "../flows/Publish";
import { flowQuery, unpublishFlow } from "../flows/queries";
import { sendersQuery } from "../senders/queries";
import "./bindings.css";
import { ConditionsInWords } from "./Conditions";
import { BindDialog, PriorityDialog, RebindDialog } from "./dialogs";
import { bind, type Binding, bindingsQuery, type BindingSearch, unbind } from "./queries";
import { TryBox } from "./TryBox";

const route = getRouteApi("/shell/flows/bindings");

type Act = "bind" | "rebind" | "priority" | "publish";

export function BindingList() {
  const { t } = useTranslation("bindings");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayPublish = useMay("publish_flows");
  const paging = usePaging("");
  const query = useQuery(bindingsQuery(search));
  const senders = (useQuery(sendersQuery).data?.items ?? []).filter((each) => each.status !== "removed");
  const flow = useQuery({ ...flowQuery(search.flow ?? 0), enabled: search.flow !== undefined }).data;
  const [doing, setDoing] = useState<{ act: Act; binding?: Binding }>();
  const close = () => setDoing(undefined);
  const filter = (changes: Partial<BindingSearch>) =>
    void navigate({ search: { ...search, ...changes }, replace: true });
  const canBind = mayPublish && (flow === undefined || flow.published_number === null);
  const bindButton = canBind && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setDoing({ act: "bind" })}>
      {t("bind.button")}
    </Button>
  );

  return (
    <>
      <PageHead title={t("title")} below={t("below")} actions={bindButton} />
      <FlowsNav />
      <div className="filters">
        <Select<number>
          allowClear
          aria-label={t("columns.sender")}
          placeholder={t("columns.sender")}
          value={search.sender}
          style={{ width: 200 }}
          options={senders.map((each) => ({ value: each.id, label: each.name }))}
          onChange={(sender: number | undefined) => filter({ sender })}
        />
        {search.flow !== undefined && (
          <Button onClick={() => filter({ flow: undefined })}>
            {t("onlyFlow", { flow: flow?.name ?? `#${search.flow}` })} ×
          </Button>
        )}
      </div>
      {flow !== undefined && flow.published_number !== null && <p className="soft">{t("locked", { flow: flow.name })}</p>}
      <ListTable<Binding>
        query={query}
        paging={paging}
        rowKey="id"
        label={t("title")}
        minWidth={760}
        isFiltered={search.flow === undefined && search.sender !== undefined}
        onClearFilters={() => void navigate({ search: {} })}
        empty={<Empty title={t("empty.title")} text={t("empty.text")} action={bindButton} />}
        card={(binding) => (
          <>
            <div style={{ display: "flex", justifyContent: "space-between", gap: 8 }}>
              <FlowLink binding={binding} />
              <RowMenu binding={binding} onDo={(act) => setDoing({ act, binding })} />
            </div>
            <div>{t("cardLine", { sender: binding.sender_name, priority: binding.priority })}</div>
            <ConditionsInWords conditions={binding.conditions} />
            <div>
              <State binding={binding} />
            </div>
          </>
        )}
        columns={[
          { title: t("columns.sender"), dataIndex: "sender_name" },
          { title: t("columns.priority"), dataIndex: "priority", className: "number", width: 90 },
          { title: t("columns.flow"), key: "flow", render: (_, binding) => <FlowLink binding={binding} /> },
          {
            title: t("columns.conditions"),
            key: "conditions",
            render: (_, binding) => <ConditionsInWords conditions={binding.conditions} />,
          },
          { title: t("columns.state"), key: "state", render: (_, binding) => <State binding={binding} /> },
          {
            title: <HiddenTitle />,
            key: "actions",
            width: 56,
            render: (_, binding) => <RowMenu binding={binding} onDo={(act) => setDoing({ act, binding })} />,
          },
        ]}
      />
      {senders.length > 0 && (
        <TryBox key={search.sender} senders={senders} senderId={search.sender ?? query.data?.items[0]?.sender_id} />
      )}
      {doing?.act === "bind" && <BindDialog senders={senders} senderId={search.sender} flow={flow} onClose={close} />}
      {doing?.act === "rebind" && doing.binding !== undefined && (
        <RebindDialog binding={doing.binding} senders={senders} onClose={close} />
      )}
      {doing?.act === "priority" && doing.binding !== undefined && (
        <PriorityDialog binding={doing.binding} onClose={close} />
      )}
      {doing?.act === "publish" && doing.binding !== undefined && (
        <PublishBound flowId={doing.binding.flow_id} onClose={close} />
      )}
    </>
  );
}

function FlowLink({ binding }: { binding: Binding }) {
  return (
    <Link to="/flows/$flowId" params={{ flowId: binding.flow_id }}>
      {binding.flow_name}
    </Link>
  );
}

function State({ binding }: { binding: Binding }) {
  const { t } = useTranslation("bindings");
  return (
    <Status tone={binding.is_published ? "ok" : "mute"}>
      {t(binding.is_published ? "state.listens" : "state.silent")}
    </Status>
  );
}

function PublishBound({ flowId, onClose }: { flowId: number; onClose: () => void }) {
  const { data } = useQuery(flowQuery(flowId));
  return data === undefined ? null : <Publish flow={data} onClose={onClose} />;
}

function RowMenu({ binding, onDo }: { binding: Binding; onDo: (act: Act) => void }) {
  const { t } = useTranslation("bindings");
  const { modal } = App.useApp();
  const undo = useUndo();
  const mayPublish = useMay("publish_flows");
  const topics = ["bindings", "flows"];
  const unpublish = useAct({
    act: () => unpublishFlow(binding.flow_id),
    topics,
    done: t("done.unpublished", { flow: binding.flow_name }),
  });
  const remove = useAct({
    act: () => unbind(binding),
    topics,
    onDone: () =>
      undo({
        told: t("done.unbound", { flow: binding.flow_name, sender: binding.sender_name }),
        topics,
        undo: () => bind(binding.flow_id, binding.sender_id, binding.priority),
      }),
  });
  if (!mayPublish) return null;
  const items = binding.is_published
    ? [{ key: "unpublish", label: t("actions.unpublish") }]
    : [
        { key: "publish", label: t("actions.publish") },
        { key: "priority", label: t("actions.priority") },
        { key: "rebind", label: t("actions.rebind") },
        { key: "unbind", label: t("actions.unbind"), danger: true },
      ];
  const choose: Record<string, () => void> = {
    publish: () => onDo("publish"),
    priority: () => onDo("priority"),
    rebind: () => onDo("rebind"),
    unbind: () => remove.mutate(),
    unpublish: () =>
      modal.confirm({
        title: t("unpublish.title", { flow: binding.flow_name }),
        content: t("unpublish.text"),
        okText: t("unpublish.submit"),
        onOk: () => unpublish.mutateAsync().catch(() => undefined),
      }),
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => choose[key]?.() }}>
      <Button
        type="text"
        icon={<MoreOutlined />}
        aria-label={t("actions.of", { flow: binding.flow_name, sender: binding.sender_name })}
      />
    </Dropdown>
  );
}
