// One person of a dry run: the message as the phone shows it, and the way through the flow.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences, useScheme } from "../../app/preferences";
import { FlowWay } from "../../canvas/FlowWay";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PhonePreview } from "../../parts/PhonePreview";
import { ZonedTime } from "../../parts/Times";
import { inZone } from "../../parts/times";
import { bubbleOf, contentOf } from "../../parts/whatsapp";
import { useReason } from "../campaigns/words";
import { useComponentsOf } from "../templates/useComponents";
import { type DryRun, dryRunPersonQuery, versionQuery } from "./queries";
import { ForecastWord } from "./words";

type Explained = Schemas["PersonExplanationAnswer"];

export function PersonDrawer(props: { dryRun: DryRun; contactId: number; onClose: () => void }) {
  const { dryRun, contactId } = props;
  const { t } = useTranslation("dryRuns");
  const { data, error, refetch } = useQuery(dryRunPersonQuery(dryRun.id, contactId));
  return (
    <Drawer
      open
      size="min(720px, 100vw)"
      onClose={props.onClose}
      title={data === undefined ? t("open") : data.person.name || data.person.phone || t("deleted")}
    >
      {data === undefined &&
        (error === null ? (
          <Loading />
        ) : (
          <Failure problem={asProblem(error)} onRetry={() => void refetch()} />
        ))}
      {data !== undefined && <Inside dryRun={dryRun} explained={data} />}
    </Drawer>
  );
}

function Inside({ dryRun, explained }: { dryRun: DryRun; explained: Explained }) {
  const { t } = useTranslation("dryRuns");
  const inWords = useReason();
  const { person } = explained;
  return (
    <div className="drawer-stack">
      {explained.is_changed && (
        <Alert
          type="warning"
          showIcon
          title={t("changed", {
            outcome: t(`outcomes.${explained.now_outcome}`),
            reason:
              explained.now_reason === null
                ? ""
                : `(${inWords(explained.now_reason, explained.now_reason_in_words)})`,
          })}
        />
      )}
      <Facts
        rows={[
          [
            t("columns.outcome"),
            <span key="outcome">
              <ForecastWord outcome={person.outcome} />{" "}
              {person.reason !== null && inWords(person.reason, person.reason_in_words)}
            </span>,
          ],
          [
            t("columns.time"),
            person.send_at === null ? null : (
              <ZonedTime key="at" at={person.send_at} zone={dryRun.zone} withSeconds isZoneShown />
            ),
          ],
          [t("columns.sender"), person.sender_name],
          [
            t("contact"),
            <Link
              key="contact"
              to="/audience/contacts/$contactId"
              params={{ contactId: person.contact_id }}
            >
              {person.phone ?? `#${person.contact_id}`}
            </Link>,
          ],
        ]}
      />
      <Phone dryRun={dryRun} explained={explained} />
      {explained.ways.map((way) => (
        <Way key={`${way.flow_id} ${way.version_number}`} way={way} />
      ))}
    </div>
  );
}

function Phone({ dryRun, explained }: { dryRun: DryRun; explained: Explained }) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const look = useScheme();
  const messages = explained.messages.map(({ kind, content }) => ({
    content: { kind, body: content },
  }));
  const components = useComponentsOf(messages);
  const first = messages[0];
  if (first === undefined) return null;
  const content = contentOf(first.content);
  const at = new Date(explained.person.send_at ?? dryRun.scheduled_at);
  return (
    <PhonePreview
      from={explained.person.sender_name ?? t("phone")}
      bubble={bubbleOf(content, components(content))}
      label={t("phoneLabel")}
      time={inZone(at, dryRun.zone, language, { timeStyle: "short" })}
      look={look}
    />
  );
}

function Way({ way }: { way: Explained["ways"][number] }) {
  const { t } = useTranslation("dryRuns");
  const { data, error, refetch } = useQuery(versionQuery(way.flow_id, way.version_number));
  const failed = way.events.find(({ event }) => event === "session_failed");
  return (
    <section>
      <h2 className="section-title">{t("way")}</h2>
      {typeof failed?.details.message === "string" && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 8 }}
          title={<code>{failed.node_id}</code>}
          description={failed.details.message}
        />
      )}
      <p className="soft small">{way.path.join(" → ")}</p>
      {data !== undefined ? (
        <FlowWay definition={data.definition} path={way.path} exits={way.exits} />
      ) : error === null ? (
        <Loading rows={4} />
      ) : (
        <Failure problem={asProblem(error)} onRetry={() => void refetch()} />
      )}
    </section>
  );
}
