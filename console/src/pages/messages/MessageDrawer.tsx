// One message: as it was read, the ladder of its receipts, and every attempt to send it.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { useScheme } from "../../app/preferences";
import { Copyable } from "../../parts/Copyable";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { BubbleView } from "../../parts/PhonePreview";
import { ZonedTime } from "../../parts/Times";
import { bubbleOf, contentOf } from "../../parts/whatsapp";
import { useComponentsOf } from "../templates/useComponents";
import { useReason } from "../campaigns/words";
import { MessageState } from "./MessageState";
import { messageQuery } from "./queries";

type Detail = Schemas["MessageDetailAnswer"];
const LADDER = ["created", "accepted", "sent", "delivered", "read", "failed"] as const;

function Ladder({ message }: { message: Detail }) {
  const { t } = useTranslation("messages");
  return (
    <ol className="steps-list">
      {LADDER.map((step) => {
        const at = message[`${step}_at`];
        return at === null ? null : (
          <li key={step}>
            <span>{t(`ladder.${step}`)}</span>
            <span className="soft small">
              <ZonedTime at={at} withSeconds isZoneShown={step === "created"} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Attempts({ message }: { message: Detail }) {
  const { t } = useTranslation("messages");
  return (
    <>
      <h2 className="section-title">{t("attempts")}</h2>
      {message.attempts.length === 0 && <p className="soft">{t("noAttempts")}</p>}
      <ol className="steps-list">
        {message.attempts.map((attempt) => (
          <li key={`${attempt.number} ${attempt.kind}`}>
            <span>
              {t("attempt", { number: attempt.number })}:{" "}
              {t(`attemptKinds.${attempt.kind}`, { defaultValue: attempt.kind })}
              {attempt.http_status > 0 && <span className="soft"> · HTTP {attempt.http_status}</span>}
            </span>
            {(attempt.error_title ?? attempt.error_code) !== null && (
              <span>
                {attempt.error_title} <code>{attempt.error_code}</code>
              </span>
            )}
            <span className="soft small">
              <ZonedTime at={attempt.at} withSeconds />
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function Content({ message }: { message: Detail }) {
  const { t } = useTranslation("messages");
  const look = useScheme();
  const inWords = useReason();
  const components = useComponentsOf([message]);
  const content = contentOf(message.content);
  return (
    <>
      <div className={`chat chat-${look} conversation`}>
        <BubbleView
          bubble={bubbleOf(content, components(content))}
          side={message.direction === "out" ? "out" : "in"}
        />
      </div>
      <Facts
        rows={[
          [t("fields.status"), <MessageState key="status" message={message} />],
          [
            t("fields.reason"),
            message.reason === null ? null : inWords(message.reason, message.reason_in_words),
          ],
          [
            t("fields.error"),
            message.error_title === null ? null : (
              <span key="error">
                {message.error_title} <code>{message.error_code}</code>
              </span>
            ),
          ],
          [
            t("fields.contact"),
            <Link
              key="contact"
              to="/audience/contacts/$contactId"
              params={{ contactId: message.contact_id }}
            >
              {message.contact_name || message.contact_phone || `#${message.contact_id}`}
            </Link>,
          ],
          [t("fields.to"), message.to_value],
          [t("fields.sender"), message.sender_name],
          [
            t("fields.campaign"),
            message.campaign_id === null ? null : (
              <Link
                key="campaign"
                to="/campaigns/$campaignId"
                params={{ campaignId: message.campaign_id }}
              >
                #{message.campaign_id}
              </Link>
            ),
          ],
          [
            t("asCurl"),
            <Copyable
              key="curl"
              label={t("asCurl")}
              value={`curl -H "Authorization: Bearer $TOKEN" ${window.location.origin}/api/v1/messages/${message.id}`}
            />,
          ],
          [
            t("fields.session"),
            message.session_id === null ? null : <code key="session">#{message.session_id}</code>,
          ],
          [t("fields.node"), message.node_id === null ? null : <code key="node">{message.node_id}</code>],
          [
            t("fields.lane"),
            message.direction === "out" ? t(`lanes.${message.lane}`) : null,
          ],
          [
            t("providerId"),
            message.provider_id === null ? null : (
              <Copyable key="id" value={message.provider_id} label={t("providerId")} />
            ),
          ],
        ]}
      />
      <h2 className="section-title">{t("receipts")}</h2>
      <Ladder message={message} />
      {message.direction === "out" && <Attempts message={message} />}
    </>
  );
}

export function MessageDrawer({ messageId, onClose }: { messageId: number; onClose: () => void }) {
  const { t } = useTranslation("messages");
  const message = useQuery(messageQuery(messageId));
  return (
    <Drawer open onClose={onClose} size={480} title={t("message", { id: messageId })}>
      {message.data !== undefined ? (
        <div className="drawer-stack">
          <Content message={message.data} />
        </div>
      ) : message.error === null ? (
        <Loading />
      ) : (
        <Failure problem={asProblem(message.error)} onRetry={() => void message.refetch()} />
      )}
    </Drawer>
  );
}
