// Replacing the secrets of a sender while it works, step by step.

import { Alert, Form, Input, Radio, Steps, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { FormDialog } from "../../parts/FormDialog";
import type { Sender } from "./queries";

const HOUR_SECONDS = 3_600;
const PERIODS = [0, HOUR_SECONDS, 24 * HOUR_SECONDS, 7 * 24 * HOUR_SECONDS] as const;
const WHAT = ["token", "app_secret"] as const;

interface Wish {
  what: (typeof WHAT)[number];
  token?: string;
  app_secret?: string;
  accept_former_seconds?: number;
  is_resumed?: boolean;
}

/** The steps that are taken outside, at the platform, around ours. */
function Guide({ what }: { what: Wish["what"] }) {
  const { t } = useTranslation("senders");
  return (
    <Steps
      orientation="vertical"
      size="small"
      current={1}
      items={(["before", "here", "after"] as const).map((step) => ({
        title: t(`replace.steps.${what}.${step}`),
      }))}
    />
  );
}

export function ReplaceSecrets({ sender, onClose }: { sender: Sender; onClose: () => void }) {
  const { t } = useTranslation("senders");
  const required = [{ required: true, message: t("required") }];
  return (
    <FormDialog<Wish, Sender>
      isOpen
      width={640}
      title={t("replace.title", { name: sender.name })}
      submit={t("replace.submit")}
      initial={{
        what: "token",
        accept_former_seconds: 24 * HOUR_SECONDS,
        is_resumed: sender.status === "paused",
      }}
      fields={["token", "app_secret", "accept_former_seconds"]}
      topics={["senders"]}
      act={(wish) =>
        answerOf(
          api.POST("/api/v1/senders/{sender_id}/replace-secrets", {
            params: { path: { sender_id: sender.id } },
            body: {
              token: wish.what === "token" ? wish.token : null,
              app_secret: wish.what === "app_secret" ? wish.app_secret : null,
              accept_former_seconds: wish.accept_former_seconds ?? 24 * HOUR_SECONDS,
              is_resumed: wish.is_resumed ?? false,
            },
          }),
        )
      }
      onClose={onClose}
    >
      <Form.Item required name="what" label={t("replace.what")}>
        <Radio.Group
          optionType="button"
          options={WHAT.map((value) => ({ value, label: t(`replace.whats.${value}`) }))}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(before: Wish, now: Wish) => before.what !== now.what}>
        {({ getFieldValue }) => {
          const what = getFieldValue("what") as Wish["what"];
          return (
            <>
              <Guide what={what} />
              {what === "token" ? (
                <Form.Item name="token" label={t("fields.token")} rules={required}>
                  <Input.Password autoComplete="new-password" />
                </Form.Item>
              ) : (
                <>
                  <Form.Item name="app_secret" label={t("fields.appSecret")} rules={required}>
                    <Input.Password autoComplete="new-password" />
                  </Form.Item>
                  <Form.Item required name="accept_former_seconds" label={t("replace.former")}>
                    <Radio.Group
                      vertical
                      options={PERIODS.map((value) => ({
                        value,
                        label: t(`replace.periods.${value}`),
                      }))}
                    />
                  </Form.Item>
                  <Alert type="info" showIcon title={t("replace.formerHint")} />
                </>
              )}
            </>
          );
        }}
      </Form.Item>
      {sender.status === "paused" && (
        <Form.Item name="is_resumed" label={t("replace.resume")} valuePropName="checked">
          <Switch />
        </Form.Item>
      )}
    </FormDialog>
  );
}
