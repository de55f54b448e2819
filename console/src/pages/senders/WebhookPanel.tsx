// What is known of a sender's webhook, and the check of every link between the platform and us.

import { ApiOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import type { Tone } from "../../app/theme";
import { useAct } from "../../parts/act";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { exactCount } from "../../parts/numbers";
import { Status } from "../../parts/Status";
import { Ago, ZonedTime } from "../../parts/Times";
import type { Sender } from "./queries";

type Finding = Schemas["FindingAnswer"];

const TONES: Readonly<Record<Finding["state"], Tone>> = { ok: "ok", problem: "fail", unknown: "wait" };

/** The numbers of one app share a callback URL: whose address the platform really uses. */
export function listenerOf(sender: Sender, senders: readonly Sender[]): Sender {
  const url = sender.health.callback_url;
  if (typeof url !== "string") return sender;
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return [sender, ...senders].find((each) => path.endsWith(each.webhook_path)) ?? sender;
}

function RefusedSignatures({ sender }: { sender: Sender }) {
  const { t } = useTranslation("senders");
  const { language } = usePreferences();
  const count = sender.signature_refused_count;
  if (count === 0) return <Status tone="ok">{t("webhook.noneRefused")}</Status>;
  return (
    <div>
      <Status tone="fail">
        {t("webhook.refused", { count, shown: exactCount(count, language) })}
      </Status>{" "}
      {sender.signature_refused_at !== null && <Ago at={sender.signature_refused_at} />}
      <div className="soft small">{t("webhook.refusedHint")}</div>
    </div>
  );
}

function FormerSecret({ sender, mayManage }: { sender: Sender; mayManage: boolean }) {
  const { t } = useTranslation("senders");
  const forget = useAct({
    topics: ["senders"],
    act: () =>
      answerOf(
        api.POST("/api/v1/senders/{sender_id}/forget-former-secret", {
          params: { path: { sender_id: sender.id } },
        }),
      ),
    done: t("webhook.formerForgotten"),
  });
  if (sender.former_secret_until === null) return null;
  return (
    <div>
      {t("webhook.formerUntil")} <ZonedTime at={sender.former_secret_until} isZoneShown />
      <div className="soft small">
        {sender.former_secret_at === null ? (
          t("webhook.formerUnused")
        ) : (
          <>
            {t("webhook.formerUsed")} <Ago at={sender.former_secret_at} />
          </>
        )}
      </div>
      {mayManage && (
        <Button size="small" loading={forget.isPending} onClick={() => forget.mutate()}>
          {t("webhook.forgetFormer")}
        </Button>
      )}
    </div>
  );
}

function Findings({ sender, findings }: { sender: Sender; findings: readonly Finding[] }) {
  const { t } = useTranslation("senders");
  const subscribe = useAct({
    topics: ["senders"],
    act: () =>
      answerOf(
        api.POST("/api/v1/senders/{sender_id}/subscribe-webhook", {
          params: { path: { sender_id: sender.id } },
        }),
      ),
    done: t("webhook.subscribed"),
  });
  return (
    <ol className="rows" aria-label={t("webhook.links")}>
      {findings.map((each) => {
        const details = Object.fromEntries(
          Object.entries(each.details).map(([name, value]) => [name, String(value)]),
        );
        return (
          <li key={each.link}>
            <span className="beside">
              <Status tone={TONES[each.state]}>{t(`webhook.states.${each.state}`)}</Status>
              <strong>{t(`webhook.link.${each.link}`)}</strong>
            </span>
            {each.state !== "ok" && (
              <span className="small details">
                {t(`webhook.found.${each.link}.${each.state}`, details)}
              </span>
            )}
            {each.link === "address" && typeof each.details.url === "string" && (
              <code className="small details">{each.details.url}</code>
            )}
            {each.link === "subscription" && each.state === "problem" && (
              <Button size="small" loading={subscribe.isPending} onClick={() => subscribe.mutate()}>
                {t("webhook.subscribe")}
              </Button>
            )}
          </li>
        );
      })}
    </ol>
  );
}

export function WebhookPanel(props: {
  sender: Sender;
  senders: readonly Sender[];
  mayManage: boolean;
}) {
  const { t } = useTranslation("senders");
  const { sender, mayManage } = props;
  const listener = listenerOf(sender, props.senders);
  const queries = useQueryClient();
  const check = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST("/api/v1/senders/{sender_id}/check-webhook", {
          params: { path: { sender_id: sender.id } },
        }),
      ),
    // The platform was asked how the sender fares, too.
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["senders"] }),
  });
  return (
    <div>
      <h3 className="section-title">{t("webhook.title")}</h3>
      <Facts
        rows={[
          [
            t("webhook.lastEvent"),
            listener.last_event_at === null ? (
              <span key="none" className="soft">
                {t("webhook.noEvent")}
              </span>
            ) : (
              <Ago key="ago" at={listener.last_event_at} />
            ),
          ],
          [t("webhook.through"), listener.id === sender.id ? null : listener.name],
          [t("webhook.signatures"), <RefusedSignatures key="refused" sender={listener} />],
          [
            t("webhook.former"),
            sender.former_secret_until === null ? null : (
              <FormerSecret key="former" sender={sender} mayManage={mayManage} />
            ),
          ],
        ]}
      />
      {mayManage && (
        <Button
          icon={<ApiOutlined />}
          style={{ marginBlock: 8 }}
          loading={check.isPending} onClick={() => check.mutate()}
        >
          {t("webhook.check")}
        </Button>
      )}
      {check.error !== null && (
        <Failure problem={asProblem(check.error)} onRetry={() => check.mutate()} />
      )}
      {check.data !== undefined && <Findings sender={sender} findings={check.data} />}
    </div>
  );
}
