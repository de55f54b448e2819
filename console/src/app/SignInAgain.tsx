// The session has ended while somebody was at work: they sign in over the page, and what they have
// typed below is still there.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { tellSession, useConnection } from "../api/connection";
import { asProblem } from "../api/problem";
import { type Credentials, CredentialsForm, Refusal } from "../pages/sign-in/CredentialsForm";
import { type Me, meQuery, useMe } from "./session";

/** Whether the page that is open may stay: the same person in the same workspace. */
export function isSamePlace(before: Me, now: Me): boolean {
  return before.name === now.name && before.workspace_id === now.workspace_id;
}

export function SignInAgain() {
  const { t } = useTranslation("shell");
  const { hasSessionEnded } = useConnection();
  const queries = useQueryClient();
  const me = useMe();
  const signIn = useMutation({
    mutationFn: async (body: Credentials) => {
      await answerOf(api.POST("/api/v1/sign-in", { body }));
      return answerOf(api.GET("/api/v1/me"));
    },
    onSuccess: (now) => {
      if (!isSamePlace(me, now)) {
        window.location.reload();
        return;
      }
      queries.setQueryData(meQuery.queryKey, now);
      tellSession(false);
      void queries.invalidateQueries();
    },
  });
  return (
    <Modal
      open={hasSessionEnded}
      title={t("signIn.title")}
      footer={null}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      destroyOnHidden
      zIndex={2000}
      width={420}
    >
      {signIn.error === null ? (
        <Alert type="info" showIcon title={t("signIn.ended")} />
      ) : (
        <Refusal problem={asProblem(signIn.error)} />
      )}
      <CredentialsForm isPending={signIn.isPending} onSubmit={(values) => signIn.mutate(values)} />
    </Modal>
  );
}
