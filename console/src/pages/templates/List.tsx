// The templates, as the provider last told them.

import { PlusOutlined, SyncOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, type TableProps } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { languageName } from "../../parts/places";
import { bubbleOfTemplate, samplesOf } from "../../parts/whatsapp";
import { sendersQuery } from "../senders/queries";
import { type Template, type TemplateSearch, templatesQuery } from "./queries";
import { CATEGORIES, TEMPLATE_STATUSES, TemplateStatus } from "./TemplateStatus";

/** Ask every account for its templates, one sender of each. */
export function SyncButton({ accountKey }: { accountKey?: string }) {
  const { t } = useTranslation("templates");
  const senders = useQuery(sendersQuery);
  const ofAccounts = new Map(
    (senders.data?.items ?? [])
      .filter((sender) => accountKey === undefined || sender.account_key === accountKey)
      .map((sender) => [sender.account_key, sender.id]),
  );
  const sync = useAct({
    topics: ["templates"],
    act: async () => {
      const answers = await Promise.all(
        Array.from(ofAccounts.values(), (senderId) =>
          answerOf(
            api.POST("/api/v1/senders/{sender_id}/sync-templates", {
              params: { path: { sender_id: senderId } },
            }),
          ),
        ),
      );
      const sum = (name: "found_count" | "added_count" | "changed_count" | "deleted_count") =>
        answers.reduce((total, answer) => total + answer[name], 0);
      return {
        found: sum("found_count"),
        added: sum("added_count"),
        changed: sum("changed_count"),
        deleted: sum("deleted_count"),
      };
    },
    done: (counts) => t("synced", counts),
  });
  return (
    <Button
      icon={<SyncOutlined spin={sync.isPending} />}
      disabled={ofAccounts.size === 0}
      loading={sync.isPending}
      onClick={() => sync.mutate()}
    >
      {t("sync")}
    </Button>
  );
}

function NewButton() {
  const { t } = useTranslation("templates");
  const navigate = useNavigate();
  return (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ to: "/templates/new" })}>
      {t("new")}
    </Button>
  );
}

function Filters(props: { search: TemplateSearch; onChange: (part: Partial<TemplateSearch>) => void }) {
  const { t } = useTranslation("templates");
  const { search, onChange } = props;
  return (
    <search className="filters">
      <Input.Search
        key={search.search ?? ""}
        defaultValue={search.search}
        placeholder={t("search")}
        aria-label={t("search")}
        allowClear
        style={{ width: 260 }}
        onSearch={(typed) => onChange({ search: typed.trim() || undefined })}
      />
      <Select
        value={search.status}
        onChange={(status?: string) => onChange({ status })}
        allowClear
        placeholder={t("anyStatus")}
        aria-label={t("fields.status")}
        style={{ width: 160 }}
        options={TEMPLATE_STATUSES.map((value) => ({ value, label: t(`statuses.${value}`) }))}
      />
      <Select
        value={search.category}
        onChange={(category?: string) => onChange({ category })}
        allowClear
        placeholder={t("anyCategory")}
        aria-label={t("fields.category")}
        style={{ width: 160 }}
        options={CATEGORIES.map((value) => ({ value, label: t(`categories.${value}`) }))}
      />
      <Input.Search
        key={`language ${search.language ?? ""}`}
        defaultValue={search.language}
        placeholder={t("anyLanguage")}
        aria-label={t("fields.language")}
        allowClear
        style={{ width: 180 }}
        onSearch={(typed) => onChange({ language: typed.trim() || undefined })}
      />
    </search>
  );
}

export function TemplateList() {
  const { t } = useTranslation("templates");
  const { language } = usePreferences();
  const search = useSearch({ from: "/shell/templates" });
  const navigate = useNavigate({ from: "/templates" });
  const maySync = useMay("manage_senders");
  const paging = usePaging(JSON.stringify(search));
  const templates = useQuery(templatesQuery(search, paging.cursor));
  const columns: NonNullable<TableProps<Template>["columns"]> = [
    {
      title: t("fields.name"),
      key: "name",
      render: (_, template) => (
        <Link to="/templates/$templateId" params={{ templateId: template.id }}>
          {template.name}
        </Link>
      ),
    },
    {
      title: t("fields.language"),
      key: "language",
      render: (_, template) => languageName(template.language, language),
    },
    {
      title: t("fields.category"),
      key: "category",
      render: (_, template) =>
        t(`categories.${template.category}`, { defaultValue: template.category }),
    },
    {
      title: t("fields.status"),
      key: "status",
      render: (_, template) => <TemplateStatus status={template.sending_status} />,
    },
    {
      title: t("fields.text"),
      key: "text",
      render: (_, template) => (
        <span className="ellipsis soft" dir="auto">
          {bubbleOfTemplate(template.components, samplesOf(template.components)).body}
        </span>
      ),
    },
    {
      title: t("fields.synced"),
      key: "synced",
      render: (_, template) => <Ago at={template.synced_at} />,
    },
  ];
  return (
    <>
      <PageHead title={t("title")} below={t("below")} actions={
          maySync && (
            <>
              <SyncButton />
              <NewButton />
            </>
          )
        }
      />
      <Filters
        search={search}
        onChange={(part) =>
          void navigate({ search: (old) => ({ ...old, ...part }), replace: true })
        }
      />
      <ListTable<Template>
        label={t("title")}
        query={templates}
        columns={columns}
        card={(template) => (
          <>
            <div className="card-head">
              <Link to="/templates/$templateId" params={{ templateId: template.id }}>
                {template.name}
              </Link>
              <TemplateStatus status={template.sending_status} />
            </div>
            <div className="card-line soft">
              <span>{languageName(template.language, language)}</span>
              <span>{t(`categories.${template.category}`, { defaultValue: template.category })}</span>
            </div>
          </>
        )}
        rowKey="id"
        paging={paging}
        minWidth={900}
        isFiltered={Object.values(search).some((value) => value !== undefined)}
        onClearFilters={() => void navigate({ search: {}, replace: true })}
        empty={
          <Empty
            title={t("emptyTitle")}
            text={t("emptyText")}
            action={maySync ? <SyncButton /> : undefined}
          />
        }
      />
    </>
  );
}
