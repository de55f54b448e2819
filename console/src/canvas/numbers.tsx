// The signs of the numbers on a card.

import {
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  EyeOutlined,
  FlagOutlined,
  SendOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

export const SHOWN = [
  ["waiting_count", "wait"],
  ["sent_count", "run"],
  ["delivered_count", "ok"],
  ["read_count", "ok"],
  ["failed_count", "fail"],
] as const;

const SIGNS: Record<(typeof SHOWN)[number][0] | "ended", ReactNode> = {
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
