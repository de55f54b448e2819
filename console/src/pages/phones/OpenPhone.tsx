// One simulated phone, large: the chat, and answering for its owner.

import { SendOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { useScheme } from "../../app/preferences";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { Chat } from "./Chat";
import type { Phone } from "./wall";

type Said = Schemas["SayBody"];

export function OpenPhone(props: {
  senderId: number;
  senderName: string;
  phone: Phone;
  onClose: () => void;
}) {
  const { senderId, phone } = props;
  const { t } = useTranslation("phones");
  const look = useScheme();
  const may = useMay("edit_flows");
  const [text, setText] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const say = useAct<Said>({
    topics: ["simulator"],
    act: (said) =>
      answerOf(
        api.POST("/api/v1/simulator/senders/{sender_id}/phones/{phone}/say", {
          params: { path: { sender_id: senderId, phone: phone.phone } },
          body: said,
        }),
      ),
    onDone: (_, said) => {
      if (said.text !== undefined) setText("");
    },
  });
  // What is new is scrolled to.
  const lineCount = phone.lines.length;
  const shown = `${lineCount} ${phone.is_person_writing} ${phone.is_business_writing}`;
  const seen = useRef("");
  useEffect(() => {
    if (place.current === null || seen.current === shown) return;
    seen.current = shown;
    place.current.scrollTop = place.current.scrollHeight;
  }, [shown]);

  function write() {
    if (text.trim() !== "" && !say.isPending) say.mutate({ text: text.trim() });
  }

  return (
    <Drawer
      open
      onClose={props.onClose}
      size={440}
      title={phone.name}
      extra={
        phone.contact_id !== null && (
          <Link to="/audience/contacts/$contactId" params={{ contactId: phone.contact_id }}>
            {t("contact")}
          </Link>
        )
      }
    >
      <div className={`phone phone-open chat-${look}`}>
        <div className="phone-top">
          <span className="phone-face" aria-hidden="true">
            {Array.from(props.senderName)[0]?.toUpperCase()}
          </span>
          <strong>{props.senderName}</strong>
          <span className="phone-number">+{phone.phone}</span>
        </div>
        <div
          ref={place}
          className="chat phone-chat"
          role="log"
          aria-label={t("chatOf", { name: phone.name })}
          tabIndex={0}
        >
          {lineCount === 0 && <p className="phone-empty">{t("nothingYet")}</p>}
          <Chat
            phone={phone}
            onTap={
              may ? (line, offer) => say.mutate({ tap: offer, reply_to: line.provider_id }) : undefined
            }
          />
        </div>
        {may && (
          <form
            className="phone-write"
            onSubmit={(event) => {
              event.preventDefault();
              write();
            }}
          >
            <Input.TextArea
              autoSize={{ minRows: 1, maxRows: 4 }}
              aria-label={t("answerAs", { name: phone.name })}
              placeholder={t("answerAs", { name: phone.name })}
              maxLength={4096}
              value={text}
              onChange={(event) => setText(event.target.value)}
              onPressEnter={(event) => {
                if (event.shiftKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                write();
              }}
            />
            <Button
              type="primary"
              shape="circle"
              htmlType="submit"
              icon={<SendOutlined />}
              aria-label={t("send")}
              loading={say.isPending}
              disabled={text.trim() === ""}
            />
          </form>
        )}
      </div>
      <p className="soft small">{t("realHint")}</p>
    </Drawer>
  );
}
