// What a person sees in WhatsApp: a bubble, alone or on a phone.

import {
  CopyOutlined,
  EnvironmentOutlined,
  ExportOutlined,
  FileOutlined,
  FormOutlined,
  PhoneOutlined,
  PictureOutlined,
  RollbackOutlined,
  SoundOutlined,
  UnorderedListOutlined,
  VideoCameraOutlined,
} from "@ant-design/icons";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Bubble, type ButtonKind, foldedText, type Mark, type Span, spansOf } from "./whatsapp";
import "./phone.css";

const BUTTON_ICONS: Record<ButtonKind, ReactNode> = {
  reply: <RollbackOutlined />,
  url: <ExportOutlined />,
  phone: <PhoneOutlined />,
  copy: <CopyOutlined />,
  flow: <FormOutlined />,
  list: <UnorderedListOutlined />,
};
const MEDIA_ICONS: Record<string, ReactNode> = {
  image: <PictureOutlined />,
  video: <VideoCameraOutlined />,
  audio: <SoundOutlined />,
  document: <FileOutlined />,
  location: <EnvironmentOutlined />,
};
const MARK_TAGS: Record<Mark, "strong" | "em" | "s" | "code"> = {
  bold: "strong",
  italic: "em",
  strike: "s",
  mono: "code",
};

function Marked({ span }: { span: Span }) {
  return span.marks.reduceRight<ReactNode>((inside, mark) => {
    const Tag = MARK_TAGS[mark];
    return <Tag>{inside}</Tag>;
  }, span.text);
}

export function FormattedText({ text }: { text: string }) {
  // The pieces of a text never change their order.
  return spansOf(text).map((span, index) => <Marked key={index} span={span} />);
}

/** `side`: "in" is what came from the other one, "out" is one's own.  `foot`: time and ticks. */
export function BubbleView(props: {
  bubble: Bubble;
  side: "in" | "out";
  foot?: ReactNode;
  /** Long texts end with "Read more", as on a phone. */
  isFolded?: boolean;
}) {
  const { t } = useTranslation("parts");
  const [isUnfolded, setIsUnfolded] = useState(false);
  const { header, body, footer, buttons } = props.bubble;
  const isCut = props.isFolded === true && !isUnfolded && foldedText(body) !== body;
  return (
    <div className={`bubble-group is-${props.side}`}>
      <div className="bubble" dir="auto">
        {header?.kind === "text" && header.text !== "" && (
          <div className="bubble-header">
            <FormattedText text={header.text} />
          </div>
        )}
        {header !== undefined && header.kind !== "text" && (
          <div className="bubble-media">
            {MEDIA_ICONS[header.kind]}
            <span>{header.text || t(`media.${header.kind}`)}</span>
          </div>
        )}
        {body !== "" && (
          <div className="bubble-body">
            <FormattedText text={isCut ? foldedText(body) : body} />
            {isCut && (
              <>
                …{" "}
                <button type="button" className="read-more" onClick={() => setIsUnfolded(true)}>
                  {t("readMore")}
                </button>
              </>
            )}
          </div>
        )}
        {footer !== undefined && <div className="bubble-footer">{footer}</div>}
        {props.foot !== undefined && <div className="bubble-foot">{props.foot}</div>}
      </div>
      {buttons.map((button, index) => (
        // Buttons of a message never change their order.
        <div key={index} className="bubble-button">
          {BUTTON_ICONS[button.kind]} <span>{button.text}</span>
        </div>
      ))}
    </div>
  );
}

export function PhonePreview(props: {
  direction?: "rtl";
  from: string;
  bubble: Bubble;
  label: string;
  time: string;
  look: "light" | "dark";
}) {
  return (
    <figure className={`phone chat-${props.look}`} aria-label={props.label}>
      <div className="phone-top">
        <span className="phone-face" aria-hidden="true">
          {Array.from(props.from)[0]?.toUpperCase()}
        </span>
        <strong>{props.from}</strong>
      </div>
      <div className="chat phone-chat" dir={props.direction}>
        <BubbleView isFolded bubble={props.bubble} side="in" foot={props.time} />
      </div>
    </figure>
  );
}
