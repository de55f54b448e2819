// The senders: state, health, pace and what waits; adding, pausing and removing them.

import {
  DeleteOutlined,
  EditOutlined,
  HeartOutlined,
  KeyOutlined,
  MobileOutlined,
  MoreOutlined,
  PauseOutlined,
  PlayCircleOutlined,
  PlusOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import type { Tone } from "../../app/theme";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Copyable } from "../../parts/Copyable";
import { Count } from "../../parts/Count";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { FormDialog } from "../../parts/FormDialog";
import { Loading } from "../../parts/Loading";
import { exactCount } from "../../parts/numbers";
import { PageHead } from "../../parts/PageHead";
import { Status } from "../../parts/Status";
import { Ago, ZonedTime } from "../../parts/Times";
import { simulatedSendersQuery } from "../phones/queries";
import { SyncButton } from "../templates/List";
import { DayUse } from "./DayUse";
import { askedAt, healthFacts, qualityTone } from "./health";
import { type Sender, sendersQuery } from "./queries";
import { ReplaceSecrets } from "./ReplaceSecrets";
import { EditSender, NewSender } from "./SenderForm";
import { WebhookPanel } from "./WebhookPanel";

/** The pace that the platform asked for, while it is below the usual one. */
function slowerPace(sender: Sender): number | undefined {
  const now = sender.current_rate_per_second;
  return now !== null && now < sender.rate_per_second ? now : undefined;
}

function toneOf(sender: Sender): Tone {
  if (sender.status !== "active") return sender.status === "paused" ? "hold" : "mute";
  return slowerPace(sender) === undefined ? "ok" : "wait";
}

function State({ sender }: { sender: Sender }) {
  const { t } = useTranslation("senders");
  const isSlowed = sender.status === "active" && slowerPace(sender) !== undefined;
  return (
    <Status tone={toneOf(sender)}>{t(isSlowed ? "slowed" : `statuses.${sender.status}`)}</Status>
  );
}

function Pace({ sender }: { sender: Sender }) {
  const { t } = useTranslation("senders");
  const { language } = usePreferences();
  const rate = (value: number) => t("aSecond", { rate: exactCount(value, language) });
  const slower = slowerPace(sender);
  if (slower === undefined) return rate(sender.rate_per_second);
  return t("slowedTo", {
    now: rate(slower),
    usually: rate(sender.rate_per_second),
  });
}

function HealthFactValue({ fact, value }: { fact: string; value: string }) {
  const { t } = useTranslation("senders");
  if (fact === "quality") {
    return (
      <Status tone={qualityTone(value)}>{t(`qualities.${value}`, { defaultValue: value })}</Status>
    );
  }
  return t(`healthWords.${value}`, { defaultValue: value });
}

function PauseSender({ sender, onClose }: { sender: Sender; onClose: () => void }) {
  const { t } = useTranslation("senders");
  const { language } = usePreferences();
  return (
    <FormDialog<{ reason: string }, Sender>
      isOpen
      title={t("pauseTitle", { name: sender.name })}
      submit={t("pause")}
      initial={{ reason: "" }}
      fields={["reason"]}
      topics={["senders"]}
      act={({ reason }) =>
        answerOf(
          api.POST("/api/v1/senders/{sender_id}/pause", {
            params: { path: { sender_id: sender.id } },
            body: { reason },
          }),
        )
      }
      onClose={onClose}
    >
      <p>
        {t("pauseText", {
          count: sender.waiting_count,
          shown: exactCount(sender.waiting_count, language),
        })}
      </p>
      <Form.Item name="reason" label={t("pauseReason")}>
        <Input maxLength={200} autoComplete="off" />
      </Form.Item>
    </FormDialog>
  );
}

function Actions({ sender }: { sender: Sender }) {
  const { t } = useTranslation("senders");
  const ask = useAsk();
  const [opened, setOpened] = useState<"edit" | "pause" | "secrets">();
  const path = { sender_id: sender.id };
  const resume = useAct({
    topics: ["senders"],
    act: () =>
      answerOf(api.POST("/api/v1/senders/{sender_id}/resume", { params: { path } })),
    done: t("resumed", { name: sender.name }),
  });
  const refresh = useAct({
    topics: ["senders"],
    act: () =>
      answerOf(api.POST("/api/v1/senders/{sender_id}/refresh-health", { params: { path } })),
    done: t("refreshed"),
  });
  const remove = useAct({
    topics: ["senders"],
    act: () => answerOf(api.DELETE("/api/v1/senders/{sender_id}", { params: { path } })),
    done: t("removed", { name: sender.name }),
  });
  return (
    <>
      <Button icon={<HeartOutlined />} loading={refresh.isPending} onClick={() => refresh.mutate()}>
        {t("refresh")}
      </Button>
      {sender.status === "paused" ? (
        <Button
          type="primary"
          icon={<PlayCircleOutlined />}
          loading={resume.isPending}
          onClick={() => resume.mutate()}
        >
          {t("resume")}
        </Button>
      ) : (
        <Button icon={<PauseOutlined />} onClick={() => setOpened("pause")}>
          {t("pause")}
        </Button>
      )}
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{
          items: [
            { key: "edit", icon: <EditOutlined />, label: t("edit") },
            { key: "secrets", icon: <KeyOutlined />, label: t("replaceSecrets") },
            { type: "divider" },
            { key: "remove", danger: true, icon: <DeleteOutlined />, label: t("remove") },
          ],
          onClick: ({ key }) =>
            key === "edit" || key === "secrets"
              ? setOpened(key)
              : ask({
                  title: t("removeTitle", { name: sender.name }),
                  text: t("removeText"),
                  submit: t("remove"),
                  onYes: () => remove.mutateAsync(),
                }),
        }}
      >
        <Button icon={<MoreOutlined />} aria-label={t("actionsOf", { name: sender.name })} />
      </Dropdown>
      {opened === "edit" && <EditSender sender={sender} onClose={() => setOpened(undefined)} />}
      {opened === "secrets" && (
        <ReplaceSecrets sender={sender} onClose={() => setOpened(undefined)} />
      )}
      {opened === "pause" && <PauseSender sender={sender} onClose={() => setOpened(undefined)} />}
    </>
  );
}

function SenderCard(props: { sender: Sender; senders: readonly Sender[]; mayManage: boolean }) {
  const { sender, mayManage } = props;
  const { t } = useTranslation("senders");
  const asked = askedAt(sender.health);
  const isSimulated = useQuery(simulatedSendersQuery).data?.items.some((each) => each.id === sender.id);
  return (
    <section className="panel" aria-label={sender.name}>
      <div className="panel-head">
        <h2>
          <span className="beside">
            {sender.name} <State sender={sender} />
          </span>
        </h2>
        <span className="beside">
          {isSimulated && (
            <Link to="/phones" search={{ sender: sender.id }}>
              <MobileOutlined aria-hidden /> {t("phones")}
            </Link>
          )}
          {mayManage && <Actions sender={sender} />}
        </span>
      </div>
      {sender.status === "paused" && (
        <p className="soft">
          {sender.status_reason !== null && sender.status_reason !== "" && (
            <>{t("pausedFor", { reason: sender.status_reason })} </>
          )}
          {sender.paused_until !== null && (
            <>
              {t("pausedUntil")} <ZonedTime at={sender.paused_until} isZoneShown />
            </>
          )}
        </p>
      )}
      <div className="sender-columns">
        <Facts
          rows={[
            [t("fields.channel"), "WhatsApp"],
            [t("fields.address"), sender.display_address === "" ? null : `+${sender.display_address.replace(/^\+/, "")}`],
            [t("fields.rate"), <Pace key="rate" sender={sender} />],
            [t("fields.minute"), <Count key="minute" value={sender.minute_count} />],
            [t("fields.waiting"), <Count key="waiting" value={sender.waiting_count} />],
            [t("fields.day"), <DayUse key="day" sender={sender} />],
            [t("fields.phoneNumberId"), <code key="number">{sender.sender_key}</code>],
            [t("fields.wabaId"), <code key="account">{sender.account_key}</code>],
            [
              t("fields.webhook"),
              <Copyable
                key="webhook"
                value={`${window.location.origin}${sender.webhook_path}`}
                label={t("fields.webhook")}
              />,
            ],
          ]}
        />
        <div>
          <h3 className="section-title">{t("health")}</h3>
          {asked === undefined ? (
            <p className="soft none">{t("neverAsked")}</p>
          ) : (
            <>
              <Facts
                rows={healthFacts(sender.health).map(([fact, value]) => [
                  t(`healthFacts.${fact}`),
                  <HealthFactValue key={fact} fact={fact} value={value} />,
                ])}
              />
              <p className="soft small">
                {t("asked")} <Ago at={asked} />
              </p>
            </>
          )}
        </div>
        <WebhookPanel sender={sender} senders={props.senders} mayManage={mayManage} />
      </div>
      <details className="webhook-help">
        <summary>{t("webhookHelp")}</summary>
        <ol>
          <li>{t("webhookSteps.open")}</li>
          <li>{t("webhookSteps.address")}</li>
          <li>{t("webhookSteps.token")}</li>
          <li>{t("webhookSteps.fields")}</li>
        </ol>
      </details>
    </section>
  );
}

export function SenderList() {
  const { t } = useTranslation("senders");
  const mayManage = useMay("manage_senders");
  const senders = useQuery(sendersQuery);
  const [isAdding, setIsAdding] = useState(false);
  const add = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setIsAdding(true)}>
      {t("add")}
    </Button>
  );
  const shown = senders.data?.items.filter((sender) => sender.status !== "removed");
  return (
    <>
      <PageHead
        title={t("title")}
        actions={
          mayManage && (
            <>
              <SyncButton />
              {add}
            </>
          )
        }
      />
      {shown === undefined &&
        (senders.error === null ? (
          <Loading />
        ) : (
          <Failure problem={asProblem(senders.error)} onRetry={() => void senders.refetch()} />
        ))}
      {shown?.length === 0 && (
        <div className="panel">
          <Empty title={t("emptyTitle")} text={t("emptyText")} action={mayManage && add} />
        </div>
      )}
      {shown?.map((sender) => (
        <SenderCard key={sender.id} sender={sender} senders={shown} mayManage={mayManage} />
      ))}
      {isAdding && <NewSender onClose={() => setIsAdding(false)} />}
    </>
  );
}
