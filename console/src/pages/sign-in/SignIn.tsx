// Signing in; afterwards one goes on at the address that one came for.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import { LanguageMenu, ThemeMenu } from "../../app/HeaderMenus";
import { safeReturn } from "../../app/session";

type Credentials = Schemas["SignInBody"];

function useWords(problem: Problem): string {
  const { t } = useTranslation("shell");
  if (problem.code === "access.wrong_credentials") return t("signIn.wrong");
  if (problem.code === "access.locked") {
    const wait = Number(problem.answer.details.retry_after_seconds ?? 0);
    return t("signIn.locked", { count: Math.max(1, Math.ceil(wait)) });
  }
  return problem.message;
}

function Refusal({ problem }: { problem: Problem }) {
  return <Alert type="error" showIcon title={useWords(problem)} role="alert" />;
}

export function SignIn() {
  const { t } = useTranslation("shell");
  const router = useRouter();
  const queries = useQueryClient();
  const { to } = useSearch({ from: "/sign-in" });
  const signIn = useMutation({
    mutationFn: (body: Credentials) => answerOf(api.POST("/api/v1/sign-in", { body })),
    onSuccess: () => {
      queries.clear();
      router.history.replace(`/console${safeReturn(to)}`);
    },
  });

  useEffect(() => {
    document.title = `${t("signIn.title")} · Clarion`;
  }, [t]);

  const required = [{ required: true, message: t("signIn.required") }];
  return (
    <main className="sign-in">
      <div className="sign-in-menus">
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <div className="panel sign-in-card">
        <img src="/console/favicon.svg" width={40} height={40} alt="" />
        <h1>{t("signIn.title")}</h1>
        <p className="soft">{t("signIn.hint")}</p>
        {to !== undefined && to !== "/" && signIn.error === null && (
          <Alert type="info" showIcon title={t("signIn.expired")} />
        )}
        {signIn.error !== null && <Refusal problem={asProblem(signIn.error)} />}
        <Form<Credentials>
          layout="vertical"
          requiredMark={false}
          onFinish={(values) => signIn.mutate(values)}
          style={{ marginTop: 16 }}
        >
          <Form.Item name="email" label={t("signIn.email")} rules={required}>
            <Input type="email" autoComplete="username" autoFocus size="large" />
          </Form.Item>
          <Form.Item name="password" label={t("signIn.password")} rules={required}>
            <Input.Password autoComplete="current-password" size="large" />
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
            {t("signIn.submit")}
          </Button>
        </Form>
        <p className="soft small" style={{ marginBottom: 0 }}>
          {t("signIn.firstTime")} <code>clarion user create</code>
        </p>
      </div>
    </main>
  );
}
