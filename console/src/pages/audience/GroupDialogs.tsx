// Making a group, optionally with its first contact or with a file; and renaming one.

import { useNavigate } from "@tanstack/react-router";
import { App, Form, Input, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { wordsOf } from "../../parts/act";
import { FormDialog } from "../../parts/FormDialog";
import { countryChoices } from "../../parts/places";
import type { Group } from "./queries";

const LONGEST_NAME = 60;
type With = "nobody" | "one" | "file";
const WITHS: readonly With[] = ["nobody", "one", "file"];

interface GroupValues {
  name: string;
  with: With;
  contact?: { name?: string; phone?: string; country?: string };
}

function NameField() {
  const { t } = useTranslation("audience");
  return (
    <Form.Item
      name="name"
      label={t("groups.name")}
      rules={[{ required: true, whitespace: true, message: t("groups.needsName") }]}
    >
      <Input
        autoComplete="off"
        count={{ show: true, max: LONGEST_NAME, strategy: (text) => Array.from(text).length }}
      />
    </Form.Item>
  );
}

function FirstContact() {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  return (
    <div className="form-columns">
      <Form.Item name={["contact", "country"]} label={t("fields.country")}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          options={countryChoices(language)}
        />
      </Form.Item>
      <Form.Item
        name={["contact", "phone"]}
        label={t("fields.phone")}
        rules={[{ required: true, whitespace: true, message: t("fields.needsPhone") }]}
      >
        <Input inputMode="tel" autoComplete="off" />
      </Form.Item>
      <Form.Item name={["contact", "name"]} label={t("fields.name")}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
    </div>
  );
}

export function NewGroup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("audience");
  const navigate = useNavigate();
  const { message } = App.useApp();

  async function make(values: GroupValues): Promise<{ group: Group; with: With }> {
    const group = await answerOf(api.POST("/api/v1/groups", { body: { name: values.name } }));
    if (values.with === "one") {
      try {
        await answerOf(
          api.POST("/api/v1/contacts", {
            body: {
              ...values.contact,
              attributes: {},
              addresses: [],
              group_ids: [group.id],
              group_names: [],
            },
          }),
        );
      } catch (error) {
        // The group is there; only its contact was refused, and can be added where one lands next.
        void message.warning({
          content: `${t("groups.madeWithout", { name: group.name })} ${wordsOf(asProblem(error))}`,
          duration: 10,
        });
      }
    }
    return { group, with: values.with };
  }

  return (
    <FormDialog<GroupValues, { group: Group; with: With }>
      isOpen
      title={t("groups.create")}
      submit={t("groups.submit")}
      initial={{ name: "", with: "nobody" }}
      fields={["name"]}
      topics={["groups", "contacts"]}
      act={make}
      onDone={(made) => {
        if (made.with === "file") {
          void navigate({ to: "/audience/imports/new", search: { group_id: made.group.id } });
        } else if (made.with === "one") {
          void navigate({ to: "/audience", search: { group_id: made.group.id } });
        }
      }}
      onClose={onClose}
    >
      <NameField />
      <Form.Item required name="with" label={t("groups.with")}>
        <Radio.Group
          className="choices"
          options={WITHS.map((each) => ({ value: each, label: t(`groups.withs.${each}`) }))}
        />
      </Form.Item>
      <Form.Item noStyle dependencies={["with"]}>
        {({ getFieldValue }) => (getFieldValue("with") === "one" ? <FirstContact /> : null)}
      </Form.Item>
    </FormDialog>
  );
}

export function RenameGroup({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useTranslation("audience");
  return (
    <FormDialog<{ name: string }, Group>
      isOpen
      title={t("groups.rename")}
      submit={t("groups.renameSubmit")}
      initial={{ name: group.name }}
      fields={["name"]}
      topics={["groups", "contacts"]}
      act={({ name }) =>
        answerOf(
          api.PATCH("/api/v1/groups/{group_id}", {
            params: { path: { group_id: group.id } },
            body: { name },
          }),
        )
      }
      onClose={onClose}
    >
      <NameField />
    </FormDialog>
  );
}
