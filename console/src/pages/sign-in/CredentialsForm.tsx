// E-mail and password, for the page of its own and for signing in again over a page.

import { Alert, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import type { Problem } from "../../api/problem";

export type Credentials = Schemas["SignInBody"];

function useWords(problem: Problem): string {
  const { t } = useTranslation("shell");
  if (problem.code === "access.wrong_credentials") return t("signIn.wrong");
  if (problem.code === "access.locked") {
    const wait = Number(problem.answer.details.retry_after_seconds ?? 0);
    return t("signIn.locked", { count: Math.max(1, Math.ceil(wait)) });
  }
  return problem.message;
}

export function Refusal({ problem }: { problem: Problem }) {
  return <Alert type="error" showIcon title={useWords(problem)} role="alert" />;
}

export function CredentialsForm(props: {
  isPending: boolean;
  onSubmit: (values: Credentials) => void;
}) {
  const { t } = useTranslation("shell");
  const required = [{ required: true, message: t("signIn.required") }];
  return (
    <Form<Credentials>
      // Its fields have ids of their own: another form may be open below.
      name="sign-in"
      layout="vertical"
      requiredMark={false}
      onFinish={props.onSubmit}
      style={{ marginTop: 16 }}
    >
      <Form.Item name="email" label={t("signIn.email")} rules={required}>
        <Input type="email" autoComplete="username" autoFocus size="large" />
      </Form.Item>
      <Form.Item name="password" label={t("signIn.password")} rules={required}>
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={props.isPending}>
        {t("signIn.submit")}
      </Button>
    </Form>
  );
}
