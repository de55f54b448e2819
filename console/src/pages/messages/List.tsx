// The messages, the newest first, with what became of them.

import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Input, Select, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/Empty";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { PageHead } from "../../parts/PageHead";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { contentOf, lineOf } from "../../parts/whatsapp";
import { sendersQuery } from "../senders/queries";
import { useComponentsOf } from "../templates/useComponents";
import { useReason } from "../campaigns/words";
import { MessageDrawer } from "./MessageDrawer";
import { MessageState } from "./MessageState";
import {
  campaignsFoundQuery,
  contactNamedQuery,
  contactsFoundQuery,
  DIRECTIONS,
  type Message,
  type MessageSearch,
  messagesQuery,
  STATUSES,
} from "./queries";

function ContactFilter(props: { value?: number; onChange: (contactId?: number) => void }) {
  const { t } = useTranslation("messages");
  const [typed, setTyped] = useState("");
  const found = useQuery(contactsFoundQuery(typed.trim()));
  const current = useQuery(contactNamedQuery(props.value));
  const all = [...(found.data?.items ?? []), ...(current.data === undefined ? [] : [current.data])];
  const options = new Map(
    all.map((contact) => [
      contact.id,
      { value: contact.id, label: [contact.name, contact.phone].filter(Boolean).join(" · ") },
    ]),
  );
  return (
    <Select<number>
      value={props.value}
      onChange={props.onChange}
      allowClear
      placeholder={t("anyContact")}
      aria-label={t("fields.contact")}
      style={{ width: 240 }}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      notFoundContent={typed === "" ? t("typeContact") : undefined}
      options={[...options.values()]}
    />
  );
}

function CampaignFilter(props: { value?: number; onChange: (campaignId?: number) => void }) {
  const { t } = useTranslation("messages");
  const [typed, setTyped] = useState("");
  const found = useQuery(campaignsFoundQuery(typed.trim()));
  return (
    <Select<number>
      value={props.value}
      onChange={props.onChange}
      allowClear
      placeholder={t("anyCampaign")}
      aria-label={t("fields.campaign")}
      style={{ width: 200 }}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      options={(found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

function Filters(props: { search: MessageSearch; onChange: (part: Partial<MessageSearch>) => void }) {
  const { t } = useTranslation("messages");
  const senders = useQuery(sendersQuery);
  const { search, onChange } = props;
  return (
    <search className="filters">
      <ContactFilter value={search.contact_id} onChange={(contact_id) => onChange({ contact_id })} />
      <Select
        value={search.direction}
        onChange={(direction?: (typeof DIRECTIONS)[number]) => onChange({ direction })}
        allowClear
        placeholder={t("anyDirection")}
        aria-label={t("fields.direction")}
        style={{ width: 150 }}
        options={DIRECTIONS.map((value) => ({ value, label: t(`directions.${value}`) }))}
      />
      <Select
        value={search.status}
        onChange={(status?: MessageSearch["status"]) => onChange({ status })}
        allowClear
        placeholder={t("anyStatus")}
        aria-label={t("fields.status")}
        style={{ width: 160 }}
        options={STATUSES.map((value) => ({ value, label: t(`states.${value}`) }))}
      />
      <CampaignFilter
        value={search.campaign_id}
        onChange={(campaign_id) => onChange({ campaign_id })}
      />
      {(senders.data?.items.length ?? 0) > 1 && (
        <Select<number>
          value={search.sender_id}
          onChange={(sender_id) => onChange({ sender_id })}
          allowClear
          placeholder={t("anySender")}
          aria-label={t("fields.sender")}
          style={{ width: 160 }}
          options={(senders.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <Input.Search
        key={search.provider_id ?? ""}
        defaultValue={search.provider_id}
        placeholder={t("providerId")}
        aria-label={t("providerId")}
        allowClear
        style={{ width: 220 }}
        onSearch={(typed) => onChange({ provider_id: typed.trim() || undefined })}
      />
    </search>
  );
}

export function MessageList() {
  const { t } = useTranslation("messages");
  const { message: openedId, ...search } = useSearch({ from: "/shell/messages" });
  const navigate = useNavigate({ from: "/messages" });
  const inWords = useReason();
  const paging = usePaging(JSON.stringify(search));
  const messages = useQuery(messagesQuery(search, paging.cursor));
  const components = useComponentsOf(messages.data?.items ?? []);
  const change = (part: Partial<MessageSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const columns: NonNullable<TableProps<Message>["columns"]> = [
    {
      title: <HiddenTitle>{t("fields.direction")}</HiddenTitle>,
      key: "direction",
      width: 44,
      render: (_, { direction }) => (
        <span className="soft" title={t(`directions.${direction}`)}>
          {direction === "out" ? <ArrowUpOutlined /> : <ArrowDownOutlined />}
          <span className="visually-hidden">{t(`directions.${direction}`)}</span>
        </span>
      ),
    },
    {
      title: t("fields.contact"),
      key: "contact",
      render: (_, message) => (
        <span className="two-lines">
          <Link to="/audience/contacts/$contactId" params={{ contactId: message.contact_id }}>
            {message.contact_name || message.contact_phone || `#${message.contact_id}`}
          </Link>
          {message.contact_name !== "" && (
            <span className="soft small number nowrap">{message.contact_phone}</span>
          )}
        </span>
      ),
    },
    {
      title: t("fields.text"),
      key: "text",
      render: (_, message) => {
        const content = contentOf(message.content);
        return (
          <Link
            from="/messages"
            to="/messages"
            search={(old) => ({ ...old, message: message.id })}
            className="ellipsis plain-link"
            dir="auto"
          >
            {lineOf(content, components(content))}
          </Link>
        );
      },
    },
    {
      title: t("fields.status"),
      key: "status",
      render: (_, message) => (
        <span className="two-lines">
          <span>
            <MessageState message={message} />
          </span>
          {(message.reason ?? message.error_title) !== null && (
            <span className="soft small">
              {message.reason === null
                ? message.error_title
                : inWords(message.reason, message.reason_in_words)}
            </span>
          )}
        </span>
      ),
    },
    { title: t("fields.sender"), key: "sender", render: (_, message) => message.sender_name },
    {
      title: t("fields.at"),
      key: "at",
      render: (_, message) => <Ago at={message.created_at} />,
    },
  ];
  return (
    <>
      <PageHead title={t("title")} />
      <Filters search={search} onChange={change} />
      <ListTable<Message>
        label={t("title")}
        query={messages}
        columns={columns}
        card={(message) => {
          const content = contentOf(message.content);
          return (
            <>
              <div className="card-head">
                <Link to="/audience/contacts/$contactId" params={{ contactId: message.contact_id }}>
                  {message.contact_name || message.contact_phone || `#${message.contact_id}`}
                </Link>
                <MessageState message={message} />
              </div>
              <Link
                from="/messages"
                to="/messages"
                search={(old) => ({ ...old, message: message.id })}
                className="plain-link"
                dir="auto"
              >
                {lineOf(content, components(content))}
              </Link>
              <div className="card-line soft small">
                <span>{t(`directions.${message.direction}`)}</span>
                <Ago at={message.created_at} />
              </div>
            </>
          );
        }}
        rowKey="id"
        paging={paging}
        minWidth={900}
        isFiltered={Object.values(search).some((value) => value !== undefined)}
        onClearFilters={() => void navigate({ search: {}, replace: true })}
        empty={<Empty title={t("emptyTitle")} text={t("emptyText")} />}
      />
      {openedId !== undefined && (
        <MessageDrawer messageId={openedId} onClose={() => change({ message: undefined })} />
      )}
    </>
  );
}
