// A node kind's sign and words.

import {
  ApiOutlined,
  BranchesOutlined,
  CalendarOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  CommentOutlined,
  CustomerServiceOutlined,
  EditOutlined,
  EllipsisOutlined,
  EnterOutlined,
  ExportOutlined,
  FacebookOutlined,
  FieldTimeOutlined,
  FileSearchOutlined,
  FlagOutlined,
  FunctionOutlined,
  InstagramOutlined,
  LayoutOutlined,
  MailOutlined,
  MessageOutlined,
  MobileOutlined,
  PercentageOutlined,
  PhoneFilled,
  PhoneOutlined,
  PlayCircleOutlined,
  PushpinOutlined,
  QuestionOutlined,
  RobotOutlined,
  TranslationOutlined,
  UserOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "./kinds.css";
import { KINDS } from "./kinds";

const ICONS: Readonly<Record<string, ReactNode>> = {
  start: <PlayCircleOutlined />,
  send_whatsapp_template: <LayoutOutlined />,
  send_whatsapp_message: <MessageOutlined />,
  send_whatsapp_typing_indicator: <EllipsisOutlined />,
  send_viber_message: <PhoneFilled />,
  send_messenger_message: <FacebookOutlined />,
  send_instagram_message: <InstagramOutlined />,
  send_sms: <MobileOutlined />,
  send_email: <MailOutlined />,
  wait_for_reply: <CommentOutlined />,
  branch: <BranchesOutlined />,
  set_variables: <EditOutlined />,
  wait: <ClockCircleOutlined />,
  jump: <EnterOutlined />,
  end: <FlagOutlined />,
  date_time_branch: <CalendarOutlined />,
  random_branch: <PercentageOutlined />,
  delivery_branch: <CheckOutlined />,
  recognise_phone_number: <PhoneOutlined />,
  recognise_language: <TranslationOutlined />,
  recognise_entities: <FileSearchOutlined />,
  update_contact: <UserOutlined />,
  http_request: <ApiOutlined />,
  call_function: <FunctionOutlined />,
  llm_dialogue: <RobotOutlined />,
  wait_until: <FieldTimeOutlined />,
  forward_to_flow: <ExportOutlined />,
  hand_over: <CustomerServiceOutlined />,
  note: <PushpinOutlined />,
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
