// One contact: what is known, what it agreed to, what was said, and what became of it in campaigns.

import { DeleteOutlined, EditOutlined, MoreOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button, Dropdown, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { Composer } from "../conversations/Composer";
import { windowsQuery } from "../conversations/queries";
import "../conversations/conversations.css";
import { Consent } from "./Consent";
import { EditContact } from "./ContactForm";
import { ConsentPanel } from "./ConsentPanel";
import { AddressPanel, GroupsPanel, ProfilePanel } from "./ContactPanels";
import { Conversation } from "./Conversation";
import { ContactSessions } from "../sessions/ContactSessions";
import { Participations } from "./Participations";
import { type Contact, contactQuery } from "./queries";
import type { ContactTab } from "./search";

export function titleOf(contact: Contact): string {
  return contact.name || contact.phone || contact.addresses[0]?.value || `#${contact.id}`;
}

function Actions({ contact }: { contact: Contact }) {
  const { t } = useTranslation("audience");
  const navigate = useNavigate();
  const ask = useAsk();
  const [isEditing, setIsEditing] = useState(false);
  const remove = useAct({
    topics: ["groups"],
    act: () =>
      answerOf(
        api.DELETE("/api/v1/contacts/{contact_id}", {
          params: { path: { contact_id: contact.id } },
        }),
      ),
    done: t("contact.deleted", { name: titleOf(contact) }),
    onDone: () => void navigate({ to: "/audience" }),
  });
  return (
    <>
      <Button icon={<EditOutlined />} onClick={() => setIsEditing(true)}>
        {t("contact.edit")}
      </Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "delete", danger: true, icon: <DeleteOutlined />, label: t("contact.delete") },
          ],
          onClick: () =>
            ask({
              title: t("contact.deleteTitle", { name: titleOf(contact) }),
              text: t("contact.deleteText"),
              submit: t("contact.delete"),
              onYes: () => remove.mutateAsync(),
            }),
        }}
      >
        <Button icon={<MoreOutlined />} aria-label={t("more")} />
      </Dropdown>
      {isEditing && <EditContact contact={contact} onClose={() => setIsEditing(false)} />}
    </>
  );
}

/** Answering while the contact's window at a sender is open; the sender that heard it last answers. */
function Answer({ contactId, name }: { contactId: number; name: string }) {
  const windows = useQuery(windowsQuery(contactId));
  if (windows.data === undefined) return null;
  const latest = windows.data[0];
  return (
    <Composer
      name={name}
      closesAt={latest?.closes_at ?? null}
      send={(content, key) =>
        answerOf(
          api.POST("/api/v1/messages", {
            body: { contact_id: contactId, content, key, tag: "", sender: latest?.sender_name ?? null },
          }),
        )
      }
    />
  );
}

export function ContactPage() {
  const { t } = useTranslation("audience");
  const { contactId } = useParams({ from: "/shell/audience/contacts/$contactId" });
  const { tab = "conversation" } = useSearch({ from: "/shell/audience/contacts/$contactId" });
  const navigate = useNavigate({ from: "/audience/contacts/$contactId" });
  const mayEdit = useMay("edit_audience");
  const contact = useQuery(contactQuery(contactId));
  if (contact.data === undefined) {
    return contact.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(contact.error)} onRetry={() => void contact.refetch()} />
    );
  }
  return (
    <>
      <PageHead
        title={titleOf(contact.data)}
        beside={<Consent state={contact.data.consents.whatsapp} />}
        below={
          <>
            <Link to="/audience">{t("contacts.title")}</Link>
            {contact.data.phone !== null && contact.data.name !== "" && ` · ${contact.data.phone}`}
          </>
        }
        actions={mayEdit && <Actions contact={contact.data} />}
      />
      <div className="split">
        <div>
          <ProfilePanel contact={contact.data} />
          <ConsentPanel contact={contact.data} mayEdit={mayEdit} />
          <GroupsPanel contact={contact.data} mayEdit={mayEdit} />
          <AddressPanel contact={contact.data} mayEdit={mayEdit} />
        </div>
        <section className="panel" aria-label={t("contact.history")}>
          <Tabs
            activeKey={tab}
            onChange={(key) =>
              void navigate({ search: { tab: key as ContactTab }, replace: true })
            }
            items={[
              {
                key: "conversation",
                label: t("conversation.title"),
                children: (
                  <>
                    <Conversation contactId={contactId} name={titleOf(contact.data)} />
                    <Answer contactId={contactId} name={titleOf(contact.data)} />
                  </>
                ),
              },
              {
                key: "campaigns",
                label: t("campaigns.title"),
                children: <Participations contactId={contactId} />,
              },
              {
                key: "sessions",
                label: t("sessions.title"),
                children: <ContactSessions contactId={contactId} />,
              },
            ]}
          />
        </section>
      </div>
    </>
  );
}
