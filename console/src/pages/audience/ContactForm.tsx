// Adding and changing a contact.

import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { usePreferences } from "../../app/preferences";
import { FormDialog } from "../../parts/FormDialog";
import { countryChoices, zoneChoices } from "../../parts/places";
import { type AttributeKind, type AttributeRow, changesOf, rowsOf, valueOf } from "./attributes";
import { chosenGroupsOf, GroupPicker, valueOfGroup } from "./GroupPicker";
import type { Contact } from "./queries";

const FIELDS = ["name", "phone", "country", "email", "remark", "language", "zone"] as const;
const KINDS: readonly AttributeKind[] = ["text", "number", "boolean"];

interface ContactValues {
  name?: string;
  phone?: string;
  country?: string;
  email?: string;
  remark?: string;
  language?: string;
  zone?: string;
  groups: string[];
  rows: AttributeRow[];
}

function AttributeRows() {
  const { t } = useTranslation("audience");
  const form = Form.useFormInstance<ContactValues>();
  return (
    <Form.List name="rows">
      {(fields, { add, remove }) => (
        <fieldset className="attribute-rows">
          <legend>{t("attributes.title")}</legend>
          {fields.map(({ key, name }) => (
            <div key={key} className="attribute-row">
              <Form.Item
                name={[name, "name"]}
                rules={[{ required: true, whitespace: true, message: t("attributes.needsName") }]}
              >
                <Input aria-label={t("attributes.name")} placeholder={t("attributes.name")} />
              </Form.Item>
              <Form.Item name={[name, "kind"]}>
                <Select
                  aria-label={t("attributes.kind")}
                  options={KINDS.map((kind) => ({ value: kind, label: t(`attributes.kinds.${kind}`) }))}
                  onChange={(kind: AttributeKind) => {
                    if (kind === "boolean") form.setFieldValue(["rows", name, "text"], "true");
                  }}
                />
              </Form.Item>
              <Form.Item
                noStyle
                shouldUpdate={(old: ContactValues, now: ContactValues) =>
                  old.rows[name]?.kind !== now.rows[name]?.kind
                }
              >
                {() => (
                  <Form.Item
                    name={[name, "text"]}
                    rules={[
                      {
                        validator: (_, text: string) =>
                          valueOf({ ...rowAt(form.getFieldValue("rows"), name), text: text ?? "" }) ===
                          undefined
                            ? Promise.reject(new Error(t("attributes.noNumber")))
                            : Promise.resolve(),
                      },
                    ]}
                  >
                    {rowAt(form.getFieldValue("rows"), name).kind === "boolean" ? (
                      <Select
                        aria-label={t("attributes.value")}
                        options={["true", "false"].map((value) => ({
                          value,
                          label: t(`attributes.${value}`),
                        }))}
                      />
                    ) : (
                      <Input aria-label={t("attributes.value")} placeholder={t("attributes.value")} />
                    )}
                  </Form.Item>
                )}
              </Form.Item>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={t("attributes.remove")}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Button
            icon={<PlusOutlined />}
            onClick={() => add({ name: "", kind: "text", text: "" } satisfies AttributeRow)}
          >
            {t("attributes.add")}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}

function rowAt(rows: AttributeRow[] | undefined, index: number): AttributeRow {
  return rows?.[index] ?? { name: "", kind: "text", text: "" };
}

function Fields({ hasGroups }: { hasGroups: boolean }) {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  return (
    <>
      <div className="form-columns">
        <Form.Item name="name" label={t("fields.name")}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="phone" label={t("fields.phone")} extra={t("fields.phoneHint")}>
          <Input inputMode="tel" autoComplete="off" />
        </Form.Item>
        <Form.Item name="country" label={t("fields.country")}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            options={countryChoices(language)}
          />
        </Form.Item>
        <Form.Item name="email" label={t("fields.email")}>
          <Input inputMode="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="language" label={t("fields.language")}>
          <Input placeholder="pt_BR" autoComplete="off" />
        </Form.Item>
        <Form.Item name="zone" label={t("fields.zone")}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            options={zoneChoices()}
          />
        </Form.Item>
      </div>
      {hasGroups && (
        <Form.Item name="groups" label={t("groups.title")} extra={t("contact.groupsHint")}>
          <GroupPicker />
        </Form.Item>
      )}
      <Form.Item name="remark" label={t("fields.remark")}>
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} maxLength={200} showCount />
      </Form.Item>
      <AttributeRows />
    </>
  );
}

export function NewContact({ groupId, onClose }: { groupId?: number; onClose: () => void }) {
  const { t } = useTranslation("audience");
  const navigate = useNavigate();
  return (
    <FormDialog<ContactValues, Contact>
      isOpen
      width={640}
      title={t("contacts.add")}
      submit={t("contact.create")}
      initial={{ rows: [], groups: groupId === undefined ? [] : [valueOfGroup(groupId)] }}
      fields={FIELDS}
      topics={["contacts", "groups"]}
      act={({ rows, groups, ...fields }) => {
        const { ids, names } = chosenGroupsOf(groups);
        return answerOf(
          api.POST("/api/v1/contacts", {
            body: {
              ...fields,
              addresses: [],
              group_ids: ids,
              group_names: names,
              attributes: Object.fromEntries(
                rows.map((row) => [row.name.trim(), valueOf(row) ?? row.text]),
              ),
            },
          }),
        );
      }}
      onDone={(contact) =>
        void navigate({ to: "/audience/contacts/$contactId", params: { contactId: contact.id } })
      }
      onClose={onClose}
    >
      <Fields hasGroups />
    </FormDialog>
  );
}

export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation("audience");
  return (
    <FormDialog<ContactValues, Contact>
      isOpen
      width={640}
      title={t("contact.edit")}
      submit={t("contact.save")}
      initial={{
        ...Object.fromEntries(FIELDS.map((field) => [field, contact[field] ?? undefined])),
        rows: rowsOf(contact.attributes),
      }}
      fields={FIELDS}
      topics={["contacts"]}
      act={({ rows, ...fields }) =>
        answerOf(
          api.PATCH("/api/v1/contacts/{contact_id}", {
            params: { path: { contact_id: contact.id } },
            body: {
              ...Object.fromEntries(FIELDS.map((field) => [field, fields[field] || null])),
              attributes: changesOf(contact.attributes, rows),
            },
          }),
        )
      }
      onClose={onClose}
    >
      <Fields hasGroups={false} />
    </FormDialog>
  );
}
