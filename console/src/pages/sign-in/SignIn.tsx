// Signing in; afterwards one goes on at the address that one came for.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { Alert } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { tellSession } from "../../api/connection";
import { asProblem } from "../../api/problem";
import { LanguageMenu, ThemeMenu } from "../../app/HeaderMenus";
import { safeReturn } from "../../app/session";
import { type Credentials, CredentialsForm, Refusal } from "./CredentialsForm";

export function SignIn() {
  const { t } = useTranslation("shell");
  const router = useRouter();
  const queries = useQueryClient();
  const { to } = useSearch({ from: "/sign-in" });
  const signIn = useMutation({
    mutationFn: (body: Credentials) => answerOf(api.POST("/api/v1/sign-in", { body })),
    onSuccess: () => {
      queries.clear();
      tellSession(false);
      router.history.replace(`/console${safeReturn(to)}`);
    },
  });

  useEffect(() => {
    document.title = `${t("signIn.title")} · Clarion`;
  }, [t]);

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
        <CredentialsForm isPending={signIn.isPending} onSubmit={(values) => signIn.mutate(values)} />
        <p className="soft small" style={{ marginBottom: 0 }}>
          {t("signIn.firstTime")} <code>clarion user create</code>
        </p>
      </div>
    </main>
  );
}
