// What is known of a contact.

import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Copyable } from "../../parts/Copyable";
import { Facts } from "../../parts/Facts";
import { FormDialog } from "../../parts/FormDialog";
import { countryName } from "../../parts/places";
import { ZonedTime } from "../../parts/Times";
import { rowsOf } from "./attributes";
import type { Contact } from "./queries";
import { RegroupDialog } from "./RegroupDialog";

export function ProfilePanel({ contact }: { contact: Contact }) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const attributes = rowsOf(contact.attributes);
  return (
    <section className="panel">
      <h2>{t("contact.profile")}</h2>
      <Facts
        rows={[
          [
            t("fields.phone"),
            contact.phone === null ? (
              <span className="soft">{t("contact.noPhone")}</span>
            ) : (
              <Copyable value={contact.phone} label={t("fields.phone")} />
            ),
          ],
          [
            t("fields.country"),
            contact.country === null ? "" : countryName(contact.country, language),
          ],
          [t("fields.email"), contact.email],
          [t("fields.language"), contact.language],
          [t("fields.zone"), contact.zone],
          [t("fields.remark"), contact.remark],
          [t("fields.created"), <ZonedTime key="created" at={contact.created_at} />],
        ]}
      />
      {attributes.length > 0 && (
        <>
          <h3 className="section-title" style={{ marginTop: 20 }}>
            {t("attributes.title")}
          </h3>
          <Facts
            rows={attributes.map(({ name, kind, text }) => [
              name,
              kind === "boolean" ? t(`attributes.${text}`) : text,
            ])}
          />
        </>
      )}
    </section>
  );
}

export function GroupsPanel({ contact, mayEdit }: { contact: Contact; mayEdit: boolean }) {
  const { t } = useTranslation("audience");
  const [change, setChange] = useState<"add" | "replace">();
  const leave = useAct({
    topics: ["contacts", "groups"],
    act: (group: { id: number; name: string }) =>
      answerOf(
        api.POST("/api/v1/contacts/groups", {
          body: {
            contact_ids: [contact.id],
            group_ids: [group.id],
            group_names: [],
            change: "remove",
          },
        }),
      ),
  });
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("groups.title")}</h2>
        {mayEdit && (
          <>
            <Button size="small" onClick={() => setChange("replace")}>
              {t("contact.move")}
            </Button>
            <Button size="small" icon={<PlusOutlined />} onClick={() => setChange("add")}>
              {t("contact.join")}
            </Button>
          </>
        )}
      </div>
      <div className="chips">
        {contact.groups.map((group) => (
          <span key={group.id} className="chip">
            <Link to="/audience" search={{ group_id: group.id }}>
              {group.name}
            </Link>
            {mayEdit && contact.groups.length > 1 && (
              <Button
                type="text"
                size="small"
                className="chip-remove"
                icon={<CloseOutlined />}
                aria-label={t("contact.leave", { group: group.name })}
                title={t("contact.leave", { group: group.name })}
                loading={leave.isPending && leave.variables?.id === group.id}
                onClick={() => leave.mutate(group)}
              />
            )}
          </span>
        ))}
      </div>
      {change !== undefined && (
        <RegroupDialog
          choice={[contact.id]}
          search={{}}
          count={1}
          shown="1"
          initialChange={change}
          onClose={() => setChange(undefined)}
        />
      )}
    </section>
  );
}

type AddressBody = Schemas["AddressBody"];
// Each kind of address belongs to channels of its own.
const ADDRESS_KINDS: Readonly<Record<AddressBody["channel"], readonly AddressBody["kind"][]>> = {
  whatsapp: ["wa_id", "bsuid"],
  viber: ["viber_id"],
  messenger: ["page_scoped"],
  instagram: ["page_scoped"],
  sms: [], // the number is enough
  email: ["email"],
};

function AddAddress({ contactId, onClose }: { contactId: number; onClose: () => void }) {
  const { t } = useTranslation("audience");
  const choices = Object.entries(ADDRESS_KINDS).flatMap(([channel, kinds]) =>
    kinds.map((kind) => ({
      value: `${channel} ${kind}`,
      label: `${t(`channels.${channel}`)}: ${t(`addresses.kinds.${kind}`)}`,
    })),
  );
  return (
    <FormDialog<{ which: string; value: string }, Contact>
      isOpen
      title={t("addresses.add")}
      submit={t("addresses.add")}
      initial={{ which: "whatsapp wa_id", value: "" }}
      fields={["value"]}
      topics={["contacts"]}
      act={({ which, value }) => {
        const [channel, kind] = which.split(" ") as [AddressBody["channel"], AddressBody["kind"]];
        return answerOf(
          api.POST("/api/v1/contacts/{contact_id}/addresses", {
            params: { path: { contact_id: contactId } },
            body: { channel, kind, value },
          }),
        );
      }}
      onClose={onClose}
    >
      <Form.Item required name="which" label={t("addresses.kind")}>
        <Select options={choices} />
      </Form.Item>
      <Form.Item
        name="value"
        label={t("addresses.value")}
        rules={[{ required: true, whitespace: true, message: t("addresses.needsValue") }]}
      >
        <Input autoComplete="off" maxLength={200} />
      </Form.Item>
    </FormDialog>
  );
}

export function AddressPanel({ contact, mayEdit }: { contact: Contact; mayEdit: boolean }) {
  const { t } = useTranslation("audience");
  const ask = useAsk();
  const [isAdding, setIsAdding] = useState(false);
  const remove = useAct({
    topics: ["contacts"],
    act: (addressId: number) =>
      answerOf(
        api.DELETE("/api/v1/contacts/{contact_id}/addresses/{address_id}", {
          params: { path: { contact_id: contact.id, address_id: addressId } },
        }),
      ),
  });
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("addresses.title")}</h2>
        {mayEdit && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
            {t("addresses.add")}
          </Button>
        )}
      </div>
      {contact.addresses.length === 0 && <p className="soft none">{t("addresses.none")}</p>}
      <Facts
        rows={contact.addresses.map((address) => [
          `${t(`channels.${address.channel}`)}: ${t(`addresses.kinds.${address.kind}`)}`,
          <span key={address.id} className="beside">
            <Copyable value={address.value} label={t("addresses.value")} />
            {mayEdit && (
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined />}
                aria-label={t("addresses.remove", { value: address.value })}
                onClick={() =>
                  ask({
                    title: t("addresses.removeTitle", { value: address.value }),
                    text: t("addresses.removeText"),
                    submit: t("addresses.removeSubmit"),
                    onYes: () => remove.mutateAsync(address.id),
                  })
                }
              />
            )}
          </span>,
        ])}
      />
      {isAdding && <AddAddress contactId={contact.id} onClose={() => setIsAdding(false)} />}
    </section>
  );
}
