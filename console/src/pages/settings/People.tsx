// Who may enter the workspace, and what each may do.

import { DeleteOutlined, KeyOutlined, MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, Form, Input, Select, type TableProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useMe } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Empty } from "../../parts/Empty";
import { FormDialog } from "../../parts/FormDialog";
import { HiddenTitle } from "../../parts/HiddenTitle";
import { ListTable } from "../../parts/ListTable";
import { usePaging } from "../../parts/paging";
import { Ago } from "../../parts/Times";
import { SettingsFrame } from "./Frame";
import { type Role, ROLES, type User, usersQuery } from "./queries";

const SHORTEST_PASSWORD = 12;

export function RoleField({ label }: { label: string }) {
  const { t } = useTranslation("settings");
  return (
    <Form.Item required name="role" label={label}>
      <Select
        options={ROLES.map((value) => ({
          value,
          label: t(`roles.${value}`),
          hint: t(`roleHints.${value}`),
        }))}
        optionRender={({ data }) => (
          <span className="two-lines role-choice">
            <span>{data.label}</span>
            <span className="soft small">{data.hint}</span>
          </span>
        )}
      />
    </Form.Item>
  );
}

function PasswordField({ label }: { label: string }) {
  const { t } = useTranslation("settings");
  return (
    <Form.Item
      name="password"
      label={label}
      extra={t("people.passwordHint", { count: SHORTEST_PASSWORD })}
      rules={[
        { required: true, message: t("required") },
        { min: SHORTEST_PASSWORD, message: t("people.passwordHint", { count: SHORTEST_PASSWORD }) },
      ]}
    >
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  );
}

interface PersonValues {
  email: string;
  name: string;
  password: string;
  role: Role;
}

function NewPerson({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <FormDialog<PersonValues, User>
      isOpen
      title={t("people.add")}
      submit={t("people.addSubmit")}
      initial={{ name: "", role: "author" }}
      fields={["email", "name", "password", "role"]}
      topics={["users", "audit"]}
      act={(body) => answerOf(api.POST("/api/v1/users", { body }))}
      onClose={onClose}
    >
      <Form.Item
        name="email"
        label={t("people.email")}
        rules={[{ required: true, type: "email", message: t("people.needsEmail") }]}
      >
        <Input inputMode="email" autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t("people.name")}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <PasswordField label={t("people.password")} />
      <RoleField label={t("people.role")} />
    </FormDialog>
  );
}

function SetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <FormDialog<{ password: string }, unknown>
      isOpen
      title={t("people.passwordOf", { name: user.name || user.email })}
      submit={t("people.setPassword")}
      fields={["password"]}
      topics={["audit"]}
      act={(body) =>
        answerOf(
          api.PUT("/api/v1/users/{user_id}/password", {
            params: { path: { user_id: user.id } },
            body,
          }),
        )
      }
      onClose={onClose}
    >
      <p>{t("people.signedOut")}</p>
      <PasswordField label={t("people.newPassword")} />
    </FormDialog>
  );
}

function RoleOf({ user }: { user: User }) {
  const { t } = useTranslation("settings");
  const me = useMe();
  const setRole = useAct({
    topics: ["users", "audit", "me"],
    act: (role: Role) =>
      answerOf(api.PUT("/api/v1/users/role", { body: { email: user.email, role } })),
    done: t("people.roleSet"),
  });
  return (
    <Select<Role>
      value={setRole.isPending ? setRole.variables : user.role}
      loading={setRole.isPending}
      onChange={(role) => setRole.mutate(role)}
      aria-label={t("people.roleOf", { name: user.name || user.email })}
      disabled={user.id === me.id}
      title={user.id === me.id ? t("people.ownRole") : undefined}
      style={{ width: 140 }}
      options={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
    />
  );
}

function Actions({ user }: { user: User }) {
  const { t } = useTranslation("settings");
  const me = useMe();
  const ask = useAsk();
  const [isSetting, setIsSetting] = useState(false);
  const name = user.name || user.email;
  const remove = useAct({
    topics: ["users", "audit"],
    act: () =>
      answerOf(
        api.DELETE("/api/v1/users/{user_id}", { params: { path: { user_id: user.id } } }),
      ),
    done: t("people.removed", { name }),
  });
  return (
    <>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "password", icon: <KeyOutlined />, label: t("people.setPassword") },
            { type: "divider" },
            {
              key: "remove",
              danger: true,
              icon: <DeleteOutlined />,
              label: t("people.remove"),
              disabled: user.id === me.id,
            },
          ],
          onClick: ({ key }) =>
            key === "password"
              ? setIsSetting(true)
              : ask({
                  title: t("people.removeTitle", { name }),
                  text: t("people.removeText"),
                  submit: t("people.remove"),
                  onYes: () => remove.mutateAsync(),
                }),
        }}
      >
        <Button type="text" icon={<MoreOutlined />} aria-label={t("actionsOf", { name })} />
      </Dropdown>
      {isSetting && <SetPassword user={user} onClose={() => setIsSetting(false)} />}
    </>
  );
}

export function PeopleSettings() {
  const { t } = useTranslation("settings");
  const paging = usePaging("");
  const users = useQuery(usersQuery(paging.cursor));
  const [isAdding, setIsAdding] = useState(false);
  const columns: NonNullable<TableProps<User>["columns"]> = [
    {
      title: t("people.name"),
      key: "name",
      render: (_, user) => (
        <span className="two-lines">
          <span>{user.name || user.email}</span>
          {user.name !== "" && <span className="soft small">{user.email}</span>}
        </span>
      ),
    },
    { title: t("people.role"), key: "role", render: (_, user) => <RoleOf user={user} /> },
    { title: t("people.since"), key: "since", render: (_, user) => <Ago at={user.created_at} /> },
    { title: <HiddenTitle />,
      key: "actions", align: "right", width: 64, render: (_, user) => <Actions user={user} /> },
  ];
  return (
    <SettingsFrame
      title={t("people.title")}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
          {t("people.add")}
        </Button>
      }
    >
      <ListTable<User>
        label={t("people.title")}
        query={users}
        columns={columns}
        rowKey="id"
        paging={paging}
        minWidth={560}
        isFiltered={false}
        onClearFilters={() => undefined}
        empty={<Empty title={t("people.emptyTitle")} />}
      />
      <dl className="panel role-list">
        {ROLES.map((role) => (
          <div key={role}>
            <dt>{t(`roles.${role}`)}</dt>
            <dd className="soft">{t(`roleHints.${role}`)}</dd>
          </div>
        ))}
      </dl>
      {isAdding && <NewPerson onClose={() => setIsAdding(false)} />}
    </SettingsFrame>
  );
}
