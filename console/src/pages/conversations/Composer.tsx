// Answering by hand: free text while the 24 hour window is open, a template at any time.

import { FileTextOutlined, SendOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mintKey, type Schemas } from "../../api/client";
import { useMay } from "../../app/session";
import { useAct } from "../../parts/act";
import { useNow } from "../../parts/now";
import { ZonedTime } from "../../parts/Times";
import { TemplateDialog } from "./TemplateDialog";

export type Content = Schemas["ContentRequest"];
const LONGEST_TEXT = 4096;

/** `closesAt` is until when free text may go; null: the person never wrote. */
export function Composer(props: {
  name: string;
  closesAt: string | null;
  send: (content: Content, key: string) => Promise<unknown>;
}) {
  const { t } = useTranslation("conversations");
  const mayReply = useMay("reply");
  const mayOpen = useMay("run_campaigns");
  const [text, setText] = useState("");
  // One key a text: a repeated click sends once.
  const [key, setKey] = useState(mintKey);
  const [isChoosing, setIsChoosing] = useState(false);
  const now = useNow();
  const isOpen = props.closesAt !== null && Date.parse(props.closesAt) > now.getTime();
  const send = useAct({
    topics: ["messages", "conversations"],
    act: () => props.send({ kind: "text", body: { text: text.trim() } }, key),
    onDone: () => {
      setText("");
      setKey(mintKey());
    },
  });
  if (!mayReply) return null;
  const write = () => {
    if (text.trim() !== "" && !send.isPending) send.mutate();
  };
  const template = mayOpen && (
    <Button icon={<FileTextOutlined />} onClick={() => setIsChoosing(true)}>
      {t("template")}
    </Button>
  );
  return (
    <div className="composer">
      {isOpen ? (
        <>
          <Input.TextArea
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={LONGEST_TEXT}
            value={text}
            aria-label={t("answerTo", { name: props.name })}
            placeholder={t("answerTo", { name: props.name })}
            onChange={(event) => setText(event.target.value)}
            onPressEnter={(event) => {
              if (!(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              write();
            }}
          />
          <div className="composer-foot">
            <span className="soft small">
              {t("openUntil")} <ZonedTime at={props.closesAt ?? ""} isZoneShown />
            </span>
            <span className="spring" />
            {template}
            <Button
              type="primary"
              icon={<SendOutlined />}
              loading={send.isPending}
              disabled={text.trim() === ""}
              onClick={write}
            >
              {t("send")}
            </Button>
          </div>
        </>
      ) : (
        <div className="composer-foot">
          <span className="soft">{t(props.closesAt === null ? "neverWrote" : "windowClosed")}</span>
          <span className="spring" />
          {template}
        </div>
      )}
      {isChoosing && (
        <TemplateDialog name={props.name} send={props.send} onClose={() => setIsChoosing(false)} />
      )}
    </div>
  );
}
