// The docked phone: plays the draft on the server's engine.  Nothing is sent.

import { ClockCircleOutlined, LinkOutlined, ReloadOutlined, RollbackOutlined } from "@ant-design/icons";
import { Alert, App, Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { asProblem } from "../../api/problem";
import { useMe } from "../../app/session";
import { Status } from "../../parts/Status";
import { inZone } from "../../parts/times";
import type { FlowDocument } from "../document";
import type { Lit } from "../FlowCanvas";
import { litOf, type Move, packed, type PlaySettings, type Tap, testsOf, unpacked, usePlay } from "../play";
import { Chat } from "./Chat";
import { Foot } from "./Foot";
import { Notes } from "./Notes";
import { SettingsButton } from "./Settings";
import { Tests } from "./Tests";

const CLOCK: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
const MOST_MOVES = 300;
const STATUS_TONE = { waiting: "wait", completed: "ok", failed: "fail" } as const;

export function Simulator(props: {
  flow: FlowDocument;
  isReadOnly?: boolean;
  onLit: (lit: Lit | undefined) => void;
  onOpen: (nodeId: string) => void;
  onTests?: (tests: readonly unknown[]) => void;
}) {
  const { t } = useTranslation("canvas");
  const { onLit } = props;
  const { zone } = useMe();
  const { language } = usePreferences();
  const [shared] = useState(() => unpacked(new URLSearchParams(window.location.search).get("play")));
  const [moves, setMoves] = useState<readonly Move[]>(shared?.moves ?? []);
  const [settings, setSettings] = useState<PlaySettings>(shared?.settings ?? begin());
  const { data: play, error, isFetching } = usePlay(props.flow, settings, moves);

  useEffect(() => {
    onLit(play === undefined || error !== null ? undefined : litOf(play));
  }, [play, error, onLit]);
  useEffect(() => () => onLit(undefined), [onLit]);

  function go(move: Move): void {
    if (moves.length < MOST_MOVES) setMoves([...moves, move]);
  }

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
          <ShareButton settings={{ ...settings, startedAt: settings.startedAt ?? play?.events[0]?.at }} moves={moves} />
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
      <Foot play={play} isOff={play === undefined || error !== null} isBusy={isFetching} onMove={go} />
      {play !== undefined && (
        <Notes
          play={play}
          testCount={testsOf(props.flow).length}
          onOpen={props.onOpen}
          tests={
            <Tests
              flow={props.flow}
              settings={settings}
              moves={moves}
              isReadOnly={props.isReadOnly || props.onTests === undefined}
              onChange={(tests) => props.onTests?.(tests)}
              onLit={onLit}
            />
          }
        />
      )}
    </div>
  );
}

/** Copies an address that opens this play again. */
function ShareButton({ settings, moves }: { settings: PlaySettings; moves: readonly Move[] }) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  async function share(): Promise<void> {
    const address = new URL(window.location.href);
    address.searchParams.set("play", packed({ settings, moves }));
    await navigator.clipboard.writeText(address.href);
    void message.success(t("phone.shared"));
  }
  return (
    <Button
      size="small"
      icon={<LinkOutlined />}
      aria-label={t("phone.share")}
      title={t("phone.share")}
      onClick={() => void share()}
    />
  );
}

function begin(): PlaySettings {
  return { contactId: undefined, name: "Ana", attributes: {}, startedAt: undefined, inputs: {} };
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
