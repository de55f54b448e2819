// The contacts: search, filters, a selection that survives paging, and what can be done with it.

import { DownloadOutlined, ImportOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { ListTable } from "../../parts/ListTable";
import { exactCount } from "../../parts/numbers";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import type { Choice } from "./bulk";
import { Consent } from "./Consent";
import { NewContact } from "./ContactForm";
import { AudienceFrame } from "./Frame";
import { allGroupsQuery, type Contact, contactCountQuery, contactsQuery } from "./queries";
import { CONSENT_STATES, type ConsentState, type ContactSearch, searchedText } from "./search";
import { SelectionBar } from "./SelectionBar";

const SHOWN_GROUPS = 2;

function nameOf(contact: Contact): string {
  return contact.name || contact.phone || contact.addresses[0]?.value || `#${contact.id}`;
}

function ContactCard({ contact }: { contact: Contact }) {
  return (
    <>
      <div className="card-head">
        <Link to="/audience/contacts/$contactId" params={{ contactId: contact.id }}>
          {nameOf(contact)}
        </Link>
        <Consent state={contact.consents.whatsapp} />
      </div>
      <div className="card-line soft">
        <span className="number">{contact.phone}</span>
        <span>{contact.groups.map(({ name }) => name).join(", ")}</span>
      </div>
    </>
  );
}

function useColumns(): NonNullable<TableProps<Contact>["columns"]> {
  const { t } = useTranslation("audience");
  return [
    {
      title: t("fields.name"),
      key: "name",
      render: (_, contact) => (
        <Link to="/audience/contacts/$contactId" params={{ contactId: contact.id }}>
          {nameOf(contact)}
        </Link>
      ),
    },
    {
      title: t("fields.phone"),
      key: "phone",
      className: "nowrap number",
      render: (_, contact) => contact.phone ?? <span className="soft">{t("contact.noPhone")}</span>,
    },
    {
      title: t("groups.title"),
      key: "groups",
      render: (_, contact) => (
        <span className="chips">
          {contact.groups.slice(0, SHOWN_GROUPS).map((group) => (
            <span key={group.id} className="chip">
              {group.name}
            </span>
          ))}
          {contact.groups.length > SHOWN_GROUPS && (
            <span className="soft">+{contact.groups.length - SHOWN_GROUPS}</span>
          )}
        </span>
      ),
    },
    {
      title: t("consent.title"),
      key: "consent",
      render: (_, contact) => <Consent state={contact.consents.whatsapp} />,
    },
    {
      title: t("fields.changed"),
      key: "changed",
      render: (_, contact) => <Ago at={contact.updated_at} />,
    },
  ];
}

function Filters(props: {
  search: ContactSearch;
  isConsentFixed: boolean;
  onChange: (change: Partial<ContactSearch>) => void;
}) {
  const { t } = useTranslation("audience");
  const groups = useQuery(allGroupsQuery);
  return (
    <search className="filters">
      <Input.Search
        key={props.search.text ?? ""}
        defaultValue={props.search.text}
        placeholder={t("contacts.search")}
        aria-label={t("contacts.search")}
        allowClear
        style={{ width: 280 }}
        onSearch={(typed) => props.onChange({ text: searchedText(typed) || undefined })}
      />
      <Select<number>
        value={props.search.group_id}
        onChange={(group_id) => props.onChange({ group_id })}
        allowClear
        placeholder={t("contacts.anyGroup")}
        aria-label={t("contacts.group")}
        style={{ width: 200 }}
        showSearch={{ optionFilterProp: "label" }}
        options={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      {!props.isConsentFixed && (
        <Select<ConsentState>
          value={props.search.consent}
          onChange={(consent) => props.onChange({ consent })}
          allowClear
          placeholder={t("contacts.anyConsent")}
          aria-label={t("consent.title")}
          style={{ width: 180 }}
          options={CONSENT_STATES.map((state) => ({
            value: state,
            label: t(`consent.states.${state}`),
          }))}
        />
      )}
    </search>
  );
}

/** How many fit, where that is more than one page shows: estimated at once, exact a moment later. */
function FoundCount({ search, isShown }: { search: ContactSearch; isShown: boolean }) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const counted = useQuery({ ...contactCountQuery(search), enabled: isShown });
  if (!isShown || counted.data === undefined) return null;
  const { count, is_exact } = counted.data;
  const shown = `${is_exact ? "" : "≈ "}${exactCount(count, language)}`;
  return <p className="soft small found-count">{t("contacts.found", { count, shown })}</p>;
}

function ContactTable(props: {
  search: ContactSearch;
  isFiltered: boolean;
  onClearFilters: () => void;
  empty: React.ReactNode;
}) {
  const { t } = useTranslation("audience");
  const paging = usePaging(JSON.stringify(props.search));
  const contacts = useQuery(contactsQuery(props.search, paging.cursor));
  const [choice, setChoice] = useState<Choice>([]);
  // Other filters are another search: nobody is chosen of it yet.
  const subject = JSON.stringify(props.search);
  const [chosenOf, setChosenOf] = useState(subject);
  if (chosenOf !== subject) {
    setChosenOf(subject);
    setChoice([]);
  }
  const shownIds = contacts.data?.items.map(({ id }) => id) ?? [];
  const hasMore = paging.number > 1 || Boolean(contacts.data?.next_cursor);
  const columns = useColumns();
  return (
    <>
      {choice.length > 0 && (
        <SelectionBar
          choice={choice}
          search={props.search}
          canChooseMore={hasMore}
          onChoose={setChoice}
        />
      )}
      <FoundCount search={props.search} isShown={hasMore} />
      <ListTable<Contact>
        label={t("contacts.title")}
        query={contacts}
        columns={columns}
        card={(contact) => <ContactCard contact={contact} />}
        rowKey="id"
        paging={paging}
        minWidth={760}
        isFiltered={props.isFiltered}
        onClearFilters={props.onClearFilters}
        empty={props.empty}
        rowSelection={{
          selectedRowKeys: choice === "all" ? shownIds : [...choice],
          preserveSelectedRowKeys: choice !== "all",
          onChange: (keys) => setChoice(keys.map(Number)),
          getTitleCheckboxProps: () => ({ "aria-label": t("selection.page") }) as object,
          getCheckboxProps: (contact) =>
            ({ "aria-label": t("selection.one", { name: contact.name || contact.phone }) }) as object,
        }}
      />
    </>
  );
}

export function ContactList() {
  const { t } = useTranslation("audience");
  const search = useSearch({ from: "/shell/audience" });
  const navigate = useNavigate({ from: "/audience" });
  const mayEdit = useMay("edit_audience");
  const [isAdding, setIsAdding] = useState(false);
  const change = (part: Partial<ContactSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const clear = () => void navigate({ search: {}, replace: true });
  const exported = search.group_id === undefined ? "" : `?group_id=${search.group_id}`;
  return (
    <AudienceFrame
      title={t("contacts.title")}
      actions={
        <>
          <Button icon={<DownloadOutlined />} href={`/api/v1/contacts/export.csv${exported}`}>
            {t(search.group_id === undefined ? "contacts.exportAll" : "contacts.exportGroup")}
          </Button>
          {mayEdit && (
            <>
              <Link to="/audience/imports/new" search={{ group_id: search.group_id }}>
                <Button icon={<ImportOutlined />} tabIndex={-1}>
                  {t("imports.new")}
                </Button>
              </Link>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
                {t("contacts.add")}
              </Button>
            </>
          )}
        </>
      }
    >
      <Filters search={search} isConsentFixed={false} onChange={change} />
      <ContactTable
        search={search}
        isFiltered={Object.values(search).some((value) => value !== undefined)}
        onClearFilters={clear}
        empty={
          <Empty
            title={t("contacts.emptyTitle")}
            text={t("contacts.emptyText")}
            action={
              mayEdit && (
                <Button type="primary" onClick={() => setIsAdding(true)}>
                  {t("contacts.add")}
                </Button>
              )
            }
          />
        }
      />
      {isAdding && (
        <NewContact groupId={search.group_id} onClose={() => setIsAdding(false)} />
      )}
    </AudienceFrame>
  );
}

/** The contacts who said stop. */
export function OptOutList() {
  const { t } = useTranslation("audience");
  const search = useSearch({ from: "/shell/audience/opt-outs" });
  const navigate = useNavigate({ from: "/audience/opt-outs" });
  const shown: ContactSearch = { ...search, consent: "opted_out" };
  return (
    <AudienceFrame title={t("optOuts.title")} below={t("optOuts.below")}>
      <Filters
        search={shown}
        isConsentFixed
        onChange={(part) =>
          void navigate({ search: (old) => ({ ...old, ...part }), replace: true })
        }
      />
      <ContactTable
        search={shown}
        isFiltered={search.text !== undefined || search.group_id !== undefined}
        onClearFilters={() => void navigate({ search: {}, replace: true })}
        empty={<Empty title={t("optOuts.emptyTitle")} text={t("optOuts.emptyText")} />}
      />
    </AudienceFrame>
  );
}
