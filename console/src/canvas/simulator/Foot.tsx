// What a person can do at the phone: write, send something, let time pass.

import { EnvironmentOutlined, FastForwardOutlined, PictureOutlined, PlusOutlined, SendOutlined } from "@ant-design/icons";
import { Button, DatePicker, Dropdown, Input, InputNumber, Popover, Space } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { durationInWords } from "../../parts/times";
import type { Move, Play } from "../play";

const PASSES = [600, 3_600, 86_400] as const;
const ANSWER_SECONDS = 5;
const RECEIPTS = ["sent", "delivered", "read", "failed"] as const;

export function Foot(props: { play: Play | undefined; isOff: boolean; isBusy: boolean; onMove: (move: Move) => void }) {
  const { t } = useTranslation("canvas");
  const { language } = usePreferences();
  const { play, onMove } = props;
  return (
    <div className="simulator-foot">
      <TypeBox isOff={props.isOff} onMove={onMove} />
      <div className="row">
        <Button
          size="small"
          icon={<FastForwardOutlined />}
          disabled={play?.wait === null || play === undefined || props.isBusy}
          onClick={() => onMove({ kind: "skip_wait" })}
        >
          {t("phone.skip")}
        </Button>
        <Dropdown
          trigger={["click"]}
          menu={{
            items: PASSES.map((seconds) => ({ key: seconds, label: `+ ${durationInWords(seconds, language)}` })),
            onClick: ({ key }) => onMove({ kind: "pass", seconds: Number(key) }),
          }}
        >
          <Button size="small">{t("phone.pass")}</Button>
        </Dropdown>
        {play !== undefined && <SetClock now={play.now} onMove={onMove} />}
        {play?.wait?.kind === "call" && <AnswerCall onMove={onMove} />}
        {play?.wait?.kind === "delivery" && (
          <Dropdown
            trigger={["click"]}
            menu={{
              items: RECEIPTS.map((state) => ({ key: state, label: t(`phone.receipts.${state}`) })),
              onClick: ({ key }) => onMove({ kind: "tell_receipt", state: key as (typeof RECEIPTS)[number] }),
            }}
          >
            <Button size="small">{t("phone.receipt")}</Button>
          </Dropdown>
        )}
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
  );
}

/** What comes back from outside is given by hand. */
function AnswerCall({ onMove }: { onMove: (move: Move) => void }) {
  const { t } = useTranslation("canvas");
  const [status, setStatus] = useState(200);
  const [body, setBody] = useState("{}");
  return (
    <Popover
      trigger="click"
      title={t("phone.answerCall")}
      content={
        <div style={{ width: 280, display: "grid", gap: 8 }}>
          <InputNumber
            aria-label={t("phone.callStatus")}
            min={100}
            max={599}
            value={status}
            onChange={(value) => setStatus(value ?? 200)}
          />
          <Input.TextArea
            className="mono"
            aria-label={t("phone.callBody")}
            autoSize={{ minRows: 2, maxRows: 8 }}
            value={body}
            onChange={(event) => setBody(event.target.value)}
          />
          <Space>
            <Button
              type="primary"
              size="small"
              onClick={() => onMove({ kind: "answer_call", status, body })}
            >
              {t("phone.callAnswered")}
            </Button>
            <Button size="small" onClick={() => onMove({ kind: "answer_call", status: 0, body: "", failure: "timeout" })}>
              {t("phone.callFails")}
            </Button>
          </Space>
        </div>
      }
    >
      <Button size="small" type="primary">
        {t("phone.answerCall")}
      </Button>
    </Popover>
  );
}

function SetClock({ now, onMove }: { now: string; onMove: (move: Move) => void }) {
  const { t } = useTranslation("canvas");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      open={isOpen}
      onOpenChange={setIsOpen}
      title={t("phone.clockTitle")}
      content={
        <DatePicker
          aria-label={t("phone.clockTitle")}
          showTime={{ format: "HH:mm" }}
          format="YYYY-MM-DD HH:mm"
          minDate={dayjs(now)}
          onChange={(day) => {
            const seconds = day === null ? 0 : (day.valueOf() - Date.parse(now)) / 1000;
            if (seconds > 0) onMove({ kind: "pass", seconds });
            setIsOpen(false);
          }}
        />
      }
    >
      <Button size="small">{t("phone.clock")}</Button>
    </Popover>
  );
}

function TypeBox({ isOff, onMove }: { isOff: boolean; onMove: (move: Move) => void }) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState("");
  const send = (kind: "text" | "media" | "location") => {
    if (kind === "text" && text.trim() === "") return;
    onMove({ kind: "answer", text, reply_kind: kind, after_seconds: ANSWER_SECONDS });
    setText("");
  };
  return (
    <Space.Compact block>
      <Dropdown
        trigger={["click"]}
        disabled={isOff}
        menu={{
          items: [
            { key: "media", icon: <PictureOutlined />, label: t("phone.picture") },
            { key: "location", icon: <EnvironmentOutlined />, label: t("phone.location") },
          ],
          onClick: ({ key }) => send(key === "media" ? "media" : "location"),
        }}
      >
        <Button icon={<PlusOutlined />} aria-label={t("phone.attach")} disabled={isOff} />
      </Dropdown>
      <Input
        value={text}
        placeholder={t("phone.type")}
        aria-label={t("phone.type")}
        disabled={isOff}
        maxLength={4096}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => send("text")}
      />
      <Button
        type="primary"
        icon={<SendOutlined />}
        aria-label={t("phone.send")}
        disabled={isOff}
        onClick={() => send("text")}
      />
    </Space.Compact>
  );
}
