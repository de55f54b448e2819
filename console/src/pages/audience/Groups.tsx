// The groups: how many are in each, making, renaming and deleting them, and files for them.

import {
  DeleteOutlined,
  DownloadOutlined,
  EditOutlined,
  ImportOutlined,
  MoreOutlined,
  PlusOutlined,
} from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { App, Button, Dropdown, Input, type MenuProps, type TableProps, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { wordsOf } from "../../parts/act";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { exactCount } from "../../parts/numbers";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { download, templateCsv } from "./files";
import { AudienceFrame } from "./Frame";
import { NewGroup, RenameGroup } from "./GroupDialogs";
import { type Group, groupsQuery } from "./queries";

interface CampaignUsing {
  id: number;
  name: string;
}

/** The campaigns that keep a group from being deleted; each leads to where it can be ended. */
function Users({ problem }: { problem: Problem }) {
  const { t } = useTranslation("audience");
  const campaigns = problem.answer.details.campaigns as CampaignUsing[] | undefined;
  if (problem.code !== "group.in_use" || campaigns === undefined) return wordsOf(problem);
  return (
    <>
      <p>{t("groups.inUse")}</p>
      <ul>
        {campaigns.map((campaign) => (
          <li key={campaign.id}>
            <a href={`/console/campaigns/${campaign.id}`}>{campaign.name}</a>
          </li>
        ))}
      </ul>
      <p>{t("groups.inUseNext")}</p>
    </>
  );
}

function useDelete() {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const { modal, message } = App.useApp();
  const queries = useQueryClient();
  return (group: Group): void => {
    modal.confirm({
      title: t("groups.deleteTitle", { name: group.name }),
      content: t("groups.deleteText", {
        count: group.contact_count,
        shown: exactCount(group.contact_count, language),
      }),
      okText: t("groups.delete"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      autoFocusButton: "cancel",
      onOk: async () => {
        try {
          const answer = await answerOf(
            api.DELETE("/api/v1/groups/{group_id}", { params: { path: { group_id: group.id } } }),
          );
          void queries.invalidateQueries({ queryKey: ["groups"] });
          void queries.invalidateQueries({ queryKey: ["contacts"] });
          void message.success(
            t("groups.deleted", {
              name: group.name,
              count: answer.moved_count,
              shown: exactCount(answer.moved_count, language),
            }),
          );
        } catch (error) {
          modal.warning({
            title: t("groups.notDeleted", { name: group.name }),
            content: <Users problem={asProblem(error)} />,
          });
        }
      },
    });
  };
}

function RowActions({ group }: { group: Group }) {
  const { t } = useTranslation("audience");
  const navigate = useNavigate();
  const askDelete = useDelete();
  const [isRenaming, setIsRenaming] = useState(false);
  const actions: Record<string, () => void> = {
    rename: () => setIsRenaming(true),
    import: () => void navigate({ to: "/audience/imports/new", search: { group_id: group.id } }),
    export: () => window.location.assign(`/api/v1/contacts/export.csv?group_id=${group.id}`),
    delete: () => askDelete(group),
  };
  const items: MenuProps["items"] = [
    { key: "rename", icon: <EditOutlined />, label: t("groups.rename"), disabled: group.is_system },
    { key: "import", icon: <ImportOutlined />, label: t("groups.import"), disabled: group.is_system },
    { key: "export", icon: <DownloadOutlined />, label: t("groups.export") },
    { type: "divider" },
    {
      key: "delete",
      icon: <DeleteOutlined />,
      label: t("groups.delete"),
      danger: true,
      disabled: group.is_system,
    },
  ];
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{ items, onClick: ({ key }) => actions[key]?.() }}
        placement="bottomRight"
      >
        <Button
          type="text"
          icon={<MoreOutlined />}
          aria-label={t("groups.actionsOf", { name: group.name })}
        />
      </Dropdown>
      {isRenaming && <RenameGroup group={group} onClose={() => setIsRenaming(false)} />}
    </>
  );
}

export function GroupList() {
  const { t } = useTranslation("audience");
  const { name } = useSearch({ from: "/shell/audience/groups" });
  const navigate = useNavigate({ from: "/audience/groups" });
  const mayEdit = useMay("edit_audience");
  const [isCreating, setIsCreating] = useState(false);
  const paging = usePaging(name ?? "");
  const groups = useQuery(groupsQuery(name, paging.cursor));
  const columns: NonNullable<TableProps<Group>["columns"]> = [
    {
      title: t("groups.name"),
      key: "name",
      render: (_, group) => (
        <span className="beside">
          <Link to="/audience" search={{ group_id: group.id }}>
            {group.name}
          </Link>
          {group.is_system && <Tag title={t("groups.systemHint")}>{t("groups.system")}</Tag>}
        </span>
      ),
    },
    {
      title: t("groups.count"),
      key: "count",
      align: "right",
      render: (_, group) => <Count value={group.contact_count} />,
    },
    {
      title: t("fields.created"),
      key: "created",
      render: (_, group) => <Ago at={group.created_at} />,
    },
    ...(mayEdit
      ? [
          {
            title: <HiddenTitle />,
      key: "actions",
            align: "right" as const,
            width: 64,
            render: (_: unknown, group: Group) => <RowActions group={group} />,
          },
        ]
      : []),
  ];
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsCreating(true)}>
      {t("groups.create")}
    </Button>
  );
  return (
    <AudienceFrame
      title={t("groups.title")}
      actions={
        mayEdit && (
          <>
            <Button
              icon={<DownloadOutlined />}
              onClick={() => download(templateCsv(), "contacts-template.csv")}
            >
              {t("imports.template")}
            </Button>
            {create}
          </>
        )
      }
    >
      <search className="filters">
        <Input.Search
          key={name ?? ""}
          defaultValue={name}
          placeholder={t("groups.search")}
          aria-label={t("groups.search")}
          allowClear
          style={{ width: 280 }}
          onSearch={(typed) =>
            void navigate({ search: { name: typed.trim() || undefined }, replace: true })
          }
        />
      </search>
      <ListTable<Group>
        label={t("groups.title")}
        query={groups}
        columns={columns}
        rowKey="id"
        paging={paging}
        minWidth={480}
        isFiltered={name !== undefined}
        onClearFilters={() => void navigate({ search: {}, replace: true })}
        empty={
          <Empty
            title={t("groups.emptyTitle")}
            text={t("groups.emptyText")}
            action={mayEdit && create}
          />
        }
      />
      {isCreating && <NewGroup onClose={() => setIsCreating(false)} />}
    </AudienceFrame>
  );
}
