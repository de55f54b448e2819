// The signs of the numbers on a card.

import {
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  EyeOutlined,
  FlagOutlined,
  HourglassOutlined,
  LoginOutlined,
  SendOutlined,
  WarningOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

export const SHOWN = [
  ["entered_count", "mute"],
  ["waiting_count", "wait"],
  ["sent_count", "run"],
  ["delivered_count", "ok"],
  ["read_count", "ok"],
  ["failed_count", "fail"],
] as const;

const SIGNS: Record<(typeof SHOWN)[number][0] | "ended" | "broken" | "median", ReactNode> = {
  entered_count: <LoginOutlined />,
  broken: <WarningOutlined />,
  median: <HourglassOutlined />,
  waiting_count: <ClockCircleOutlined />,
  sent_count: <SendOutlined />,
  delivered_count: <CheckOutlined />,
  read_count: <EyeOutlined />,
  failed_count: <CloseOutlined />,
  ended: <FlagOutlined />,
};

export function NumberSign({ name }: { name: keyof typeof SIGNS }) {
  return <span aria-hidden="true">{SIGNS[name]}</span>;
}
