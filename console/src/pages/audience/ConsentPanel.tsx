// What a contact agreed to on each channel, how that came about, and recording what it said elsewhere.

import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { FormDialog } from "../../parts/FormDialog";
import { ZonedTime } from "../../parts/Times";
import { Consent } from "./Consent";
import { type Contact, consentsQuery } from "./queries";

type State = Schemas["ConsentBody"]["state"];
type Channel = Schemas["Channel"];
const CHANNELS: readonly Channel[] = [
  "whatsapp",
  "viber",
  "messenger",
  "instagram",
  "sms",
  "email",
];

interface ConsentValues {
  channel: Channel;
  reason: string;
}

function Record(props: { contactId: number; state: State; onClose: () => void }) {
  const { t } = useTranslation("audience");
  return (
    <FormDialog<ConsentValues, unknown>
      isOpen
      title={t(`consent.record.${props.state}`)}
      submit={t(`consent.submit.${props.state}`)}
      isDangerous={props.state === "opted_out"}
      initial={{ channel: "whatsapp", reason: "" }}
      fields={["reason"]}
      topics={["contacts", "messages", "occurrences"]}
      act={({ channel, reason }) =>
        answerOf(
          api.PUT("/api/v1/contacts/{contact_id}/consents/{channel}", {
            params: { path: { contact_id: props.contactId, channel } },
            body: { state: props.state, reason },
          }),
        )
      }
      onClose={props.onClose}
    >
      <Alert
        type={props.state === "opted_out" ? "warning" : "info"}
        showIcon
        title={t(`consent.explain.${props.state}`)}
        style={{ marginBottom: 16 }}
      />
      <Form.Item required name="channel" label={t("consent.channel")}>
        <Select
          options={CHANNELS.map((channel) => ({ value: channel, label: t(`channels.${channel}`) }))}
        />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t("consent.reason")}
        extra={t("consent.reasonHint")}
        rules={
          props.state === "opted_in"
            ? [{ required: true, whitespace: true, message: t("consent.needsReason") }]
            : []
        }
      >
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
    </FormDialog>
  );
}

export function ConsentPanel({ contact, mayEdit }: { contact: Contact; mayEdit: boolean }) {
  const { t } = useTranslation("audience");
  const { data } = useQuery(consentsQuery(contact.id));
  const [recorded, setRecorded] = useState<State>();
  const isOut = contact.consents.whatsapp === "opted_out";
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("consent.title")}</h2>
        {mayEdit && (
          <>
            {contact.consents.whatsapp !== "opted_in" && (
              <Button size="small" onClick={() => setRecorded("opted_in")}>
                {t("consent.submit.opted_in")}
              </Button>
            )}
            {!isOut && (
              <Button size="small" danger onClick={() => setRecorded("opted_out")}>
                {t("consent.submit.opted_out")}
              </Button>
            )}
          </>
        )}
      </div>
      {data !== undefined && data.history.length === 0 && (
        <p className="soft none">{t("consent.none")}</p>
      )}
      <ol className="steps-list">
        {data?.history.map((entry) => (
          <li key={`${entry.channel} ${entry.at}`}>
            <span className="beside">
              <Consent state={entry.state} /> {t(`channels.${entry.channel}`)}
            </span>
            <span className="soft small">
              <ZonedTime at={entry.at} /> · {t(`consent.sources.${entry.source}`)}
            </span>
            {entry.reason !== "" && <q className="said">{entry.reason}</q>}
          </li>
        ))}
      </ol>
      {recorded !== undefined && (
        <Record
          contactId={contact.id}
          state={recorded}
          onClose={() => setRecorded(undefined)}
        />
      )}
    </section>
  );
}
