// The docked phone: plays the draft on the server's engine.  Nothing is sent.

import { ClockCircleOutlined, FastForwardOutlined, ReloadOutlined, RollbackOutlined, SendOutlined, SettingOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, DatePicker, Dropdown, Input, Popover, Select, Space, Tabs } from "antd";
import dayjs from "dayjs";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences, useScheme } from "../app/preferences";
import { answerOf, api } from "../api/client";
import { asProblem } from "../api/problem";
import { useMe } from "../app/session";
import { Loading } from "../parts/Loading";
import { BubbleView } from "../parts/PhonePreview";
import { Status } from "../parts/Status";
import { durationInWords, inZone } from "../parts/times";
import { bubbleOf } from "../parts/whatsapp";
import { textOf, type FlowDocument } from "./document";
import type { Lit } from "./FlowCanvas";
import { litOf, type Move, type Play, type PlaySettings, type Said, tapsOf, type Tap, usePlay } from "./play";
import { useSettled } from "./problems";
import { type Template, templatesQuery } from "./templates";

const PASSES = [600, 3_600, 86_400] as const;
const CLOCK: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
const MOST_MOVES = 300;
const STATUS_TONE = { waiting: "wait", completed: "ok", failed: "fail" } as const;

export function Simulator(props: {
  flow: FlowDocument;
  onLit: (lit: Lit | undefined) => void;
  onOpen: (nodeId: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { onLit } = props;
  const { zone } = useMe();
  const { language } = usePreferences();
  const [moves, setMoves] = useState<readonly Move[]>([]);
  const [settings, setSettings] = useState<PlaySettings>(() => begin());
  const { data: play, error, isFetching } = usePlay(props.flow, settings, moves);

  useEffect(() => {
    onLit(play === undefined || error !== null ? undefined : litOf(play));
  }, [play, error, onLit]);
  useEffect(() => () => onLit(undefined), [onLit]);

  function go(move: Move): void {
    if (moves.length < MOST_MOVES) setMoves([...moves, move]);
  }

  const canAnswer = play !== undefined && error === null;
  return (
    <div className="simulator" role="region" aria-label={t("phone.title")}>
      <div className="simulator-top">
        <div className="row">
          {play !== undefined && (
            <>
              <Status tone={STATUS_TONE[play.status as keyof typeof STATUS_TONE] ?? "mute"}>
                {t(`phone.status.${play.status}`)}
              </Status>
              <span className="small number" title={zone}>
                <ClockCircleOutlined aria-hidden="true" /> {inZone(new Date(play.now), zone, language, CLOCK)}
              </span>
            </>
          )}
          <span style={{ flex: 1 }} />
          <SettingsButton flow={props.flow} settings={settings} onChange={setSettings} />
          <Button
            size="small"
            icon={<RollbackOutlined />}
            aria-label={t("phone.back")}
            title={t("phone.back")}
            disabled={moves.length === 0}
            onClick={() => setMoves(moves.slice(0, -1))}
          />
          <Button
            size="small"
            icon={<ReloadOutlined />}
            aria-label={t("phone.again")}
            title={t("phone.again")}
            onClick={() => {
              setMoves([]);
              if (settings.startedAt === undefined) setSettings({ ...settings });
            }}
          />
        </div>
      </div>
      {error !== null && (
        <Alert
          type="error"
          showIcon
          banner
          title={t("phone.broken")}
          description={asProblem(error).answer.detail}
        />
      )}
      <Chat play={play} isWaiting={play?.wait?.kind === "reply"} onTap={(tap) => go(answerTo(tap))} />
      <div className="simulator-foot">
        <TypeBox isOff={!canAnswer} onSend={(text) => go({ kind: "answer", text, reply_kind: "text", after_seconds: 5 })} />
        <div className="row">
          <Button
            size="small"
            icon={<FastForwardOutlined />}
            disabled={play?.wait === null || play === undefined || isFetching}
            onClick={() => go({ kind: "skip_wait" })}
          >
            {t("phone.skip")}
          </Button>
          <Dropdown
            trigger={["click"]}
            menu={{
              items: PASSES.map((seconds) => ({ key: seconds, label: `+ ${durationInWords(seconds, language)}` })),
              onClick: ({ key }) => go({ kind: "pass", seconds: Number(key) }),
            }}
          >
            <Button size="small">{t("phone.pass")}</Button>
          </Dropdown>
          {play?.wait && (
            <span className="small soft">
              {t(`phone.waits.${play.wait.kind}`, {
                time: durationInWords(
                  Math.max(0, (Date.parse(play.wait.deadline_at) - Date.parse(play.now)) / 1000),
                  language,
                ),
              })}
            </span>
          )}
        </div>
      </div>
      {play !== undefined && <Notes play={play} onOpen={props.onOpen} />}
    </div>
  );
}

function begin(): PlaySettings {
  return { contactId: undefined, name: "Ana", startedAt: undefined, inputs: {} };
}

function answerTo(tap: Tap): Move {
  return {
    kind: "answer",
    text: tap.title,
    payload: tap.payload,
    reply_kind: tap.kind,
    after_seconds: 5,
  };
}

function Chat(props: { play: Play | undefined; isWaiting: boolean; onTap: (tap: Tap) => void }) {
  const { t } = useTranslation("canvas");
  const scheme = useScheme();
  const templates = useQuery(templatesQuery).data;
  if (props.play === undefined) return <Loading rows={3} />;
  const { said } = props.play;
  const last = said.findLastIndex((each) => each.by === "flow");
  const isAnswered = said.slice(last + 1).length > 0;
  return (
    <div className="simulator-chat" tabIndex={0} role="log" aria-label={t("phone.chat")}>
      <div className={`chat chat-${scheme}`}>
        {said.length === 0 && <div className="chat-day">{t("phone.nothing")}</div>}
        {said.map((each, index) => (
          // What was said is never put in another order.
          <Utterance
            key={index}
            said={each}
            templates={templates}
            isOpen={index === last && props.isWaiting && !isAnswered}
            onTap={props.onTap}
          />
        ))}
        {/* Made anew with each utterance, and brought into sight then. */}
        <div key={said.length} ref={scrollTo} />
      </div>
    </div>
  );
}

function scrollTo(end: HTMLDivElement | null): void {
  const chat = end?.closest(".simulator-chat");
  chat?.scrollTo({ top: chat.scrollHeight });
}

function Utterance(props: {
  said: Said;
  templates: readonly Template[] | undefined;
  isOpen: boolean;
  onTap: (tap: Tap) => void;
}) {
  const { zone } = useMe();
  const { language } = usePreferences();
  const { said } = props;
  const foot = inZone(new Date(said.at), zone, language, { hour: "2-digit", minute: "2-digit" });
  if (said.by === "contact") {
    const bubble = { body: textOf(said.content.text), buttons: [] };
    return <BubbleView bubble={bubble} side="out" foot={foot} />;
  }
  const template = props.templates?.find(
    (each) => each.name === said.content.name && each.language === said.content.language,
  );
  const whole = bubbleOf({ kind: said.kind, body: said.content }, template?.components);
  const taps = tapsOf(said, template);
  // What can be tapped is drawn as buttons; links and telephone numbers stay as they are.
  const bubble = {
    ...whole,
    buttons: whole.buttons.filter((each) => each.kind !== "reply" && each.kind !== "list"),
  };
  return (
    <>
      <BubbleView bubble={bubble} side="in" foot={foot} />
      {taps.length > 0 && (
        <div className="bubble-group is-in">
          {taps.map((tap) => (
            <button
              key={tap.payload + tap.title}
              type="button"
              className="bubble-button tap"
              disabled={!props.isOpen}
              title={tap.description}
              onClick={() => props.onTap(tap)}
            >
              {tap.title}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function TypeBox({ isOff, onSend }: { isOff: boolean; onSend: (text: string) => void }) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState("");
  const send = () => {
    if (text.trim() === "") return;
    onSend(text);
    setText("");
  };
  return (
    <Space.Compact block>
      <Input
        value={text}
        placeholder={t("phone.type")}
        aria-label={t("phone.type")}
        disabled={isOff}
        maxLength={4096}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={send}
      />
      <Button type="primary" icon={<SendOutlined />} aria-label={t("phone.send")} disabled={isOff} onClick={send} />
    </Space.Compact>
  );
}

function Notes({ play, onOpen }: { play: Play; onOpen: (nodeId: string) => void }) {
  const { t } = useTranslation("canvas");
  const { zone } = useMe();
  const { language } = usePreferences();
  const variables = Object.entries(play.variables);
  const warnings = play.events.filter((each) => each.event === "warning" || each.event === "session_failed");
  return (
    <div className="simulator-notes" tabIndex={0} role="region" aria-label={t("phone.notes")}>
      <Tabs
        size="small"
        items={[
          {
            key: "events",
            label: t("phone.events", { count: play.events.length }),
            children: (
              <ol className="log">
                {play.events.map((each, index) => (
                  // Events are never put in another order.
                  <li key={index}>
                    <span className="soft number">
                      {inZone(new Date(each.at), zone, language, { hour: "2-digit", minute: "2-digit" })}
                    </span>
                    <span>
                      {each.node_id !== null && (
                        <>
                          <Button type="link" size="small" style={{ padding: 0, height: "auto" }} onClick={() => onOpen(each.node_id ?? "")}>
                            {each.node_id}
                          </Button>{" "}
                        </>
                      )}
                      {t(`events.${each.event}`, wordsOf(each.details, (at) => inZone(at, zone, language)))}
                    </span>
                  </li>
                ))}
              </ol>
            ),
          },
          {
            key: "variables",
            label: t("phone.variables", { count: variables.length }),
            children: (
              <ul className="log">
                {variables.length === 0 && <li className="soft">{t("phone.noVariables")}</li>}
                {variables.map(([name, value]) => (
                  <li key={name}>
                    <code>{name}</code>
                    <code className="soft">{typeof value === "string" ? value : JSON.stringify(value)}</code>
                  </li>
                ))}
              </ul>
            ),
          },
        ]}
      />
      {warnings.length > 0 && play.reason !== null && (
        <p className="small tone-fail" style={{ padding: "0 12px" }}>
          {textOf(warnings.at(-1)?.details.message)}
        </p>
      )}
    </div>
  );
}

function wordsOf(
  details: Readonly<Record<string, unknown>>,
  timeOf: (at: Date) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      name.endsWith("_at") && typeof value === "string" ? timeOf(new Date(value)) :
      typeof value === "string" || typeof value === "number" ? String(value) : value === null ? "–" : JSON.stringify(value),
    ]),
  );
}

function SettingsButton(props: {
  flow: FlowDocument;
  settings: PlaySettings;
  onChange: (settings: PlaySettings) => void;
}) {
  const { t } = useTranslation("canvas");
  const { settings, onChange } = props;
  const [typed, setTyped] = useState("");
  const words = useSettled(typed, 250);
  const { data } = useQuery({
    queryKey: ["contacts", "to-play-with", words],
    queryFn: () =>
      answerOf(api.GET("/api/v1/contacts", { params: { query: { search: words || undefined, limit: 20 } } })),
  });
  const people = useMemo(
    () => [
      { value: 0, label: t("phone.invented") },
      ...(data?.items ?? []).map((each) => ({
        value: each.id,
        label: `${each.name} ${each.phone ?? ""}`.trim(),
      })),
    ],
    [data, t],
  );
  const inputs = props.flow.trigger?.inputs ?? [];
  const form = (
    <div style={{ width: 280, display: "grid", gap: 8 }}>
      <label>
        <span className="small">{t("phone.person")}</span>
        <Select
          aria-label={t("phone.person")}
          style={{ width: "100%" }}
          value={settings.contactId ?? 0}
          options={people}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          onChange={(id: number) => onChange({ ...settings, contactId: id === 0 ? undefined : id })}
        />
      </label>
      {settings.contactId === undefined && (
        <label>
          <span className="small">{t("phone.name")}</span>
          <Input value={settings.name} onChange={(event) => onChange({ ...settings, name: event.target.value })} />
        </label>
      )}
      <label>
        <span className="small">{t("phone.startedAt")}</span>
        <DatePicker
          aria-label={t("phone.startedAt")}
          style={{ width: "100%" }}
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          value={settings.startedAt === undefined ? null : dayjs(settings.startedAt)}
          onChange={(day) => onChange({ ...settings, startedAt: day?.toISOString() })}
        />
      </label>
      {inputs.map(({ name }) => (
        <label key={name}>
          <span className="small mono">{name}</span>
          <Input
            value={settings.inputs[name] ?? ""}
            onChange={(event) => {
              const { [name]: _, ...rest } = settings.inputs;
              const value = event.target.value;
              onChange({ ...settings, inputs: value === "" ? rest : { ...rest, [name]: value } });
            }}
          />
        </label>
      ))}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={form} title={t("phone.settings")}>
      <Button size="small" icon={<SettingOutlined />} aria-label={t("phone.settings")} title={t("phone.settings")} />
    </Popover>
  );
}
