// A node kind's sign and words.

import {
  BranchesOutlined,
  ClockCircleOutlined,
  CommentOutlined,
  EditOutlined,
  EnterOutlined,
  FlagOutlined,
  LayoutOutlined,
  MessageOutlined,
  PlayCircleOutlined,
  QuestionOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "./kinds.css";
import { KINDS } from "./kinds";

const ICONS: Readonly<Record<string, ReactNode>> = {
  start: <PlayCircleOutlined />,
  send_whatsapp_template: <LayoutOutlined />,
  send_whatsapp_message: <MessageOutlined />,
  wait_for_reply: <CommentOutlined />,
  branch: <BranchesOutlined />,
  set_variables: <EditOutlined />,
  wait: <ClockCircleOutlined />,
  jump: <EnterOutlined />,
  end: <FlagOutlined />,
};

export function KindIcon({ kind }: { kind: string }) {
  const group = KINDS.get(kind)?.group ?? "other";
  return (
    <span className={`kind-icon kind-${group}`} aria-hidden="true">
      {ICONS[kind] ?? <QuestionOutlined />}
    </span>
  );
}

/** A kind's title and summary; an unknown one is called by its name. */
export function useKindWords(kind: string): { title: string; summary: string } {
  const { t, i18n } = useTranslation("canvas");
  if (!i18n.exists(`kinds.${kind}.title`, { ns: "canvas" })) return { title: kind, summary: "" };
  return { title: t(`kinds.${kind}.title`), summary: t(`kinds.${kind}.summary`) };
}
