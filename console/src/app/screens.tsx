// The screens of the left navigation, in its order.  A new screen is a row here, a route in
// `router.tsx`, a folder in `pages/`, and a file of texts in each language.

import {
  AppstoreOutlined,
  BranchesOutlined,
  CustomerServiceOutlined,
  HomeOutlined,
  MessageOutlined,
  MobileOutlined,
  PhoneOutlined,
  SettingOutlined,
  SoundOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

export interface Screen {
  /** Its name in `shell.json` under `screens`. */
  name: string;
  path: string;
  icon: ReactNode;
  isBuilt: boolean;
  /** Only where there are simulated people to look at. */
  needsSimulator?: boolean;
}

export const SCREENS: readonly Screen[] = [
  { name: "home", path: "/", icon: <HomeOutlined />, isBuilt: true },
  { name: "campaigns", path: "/campaigns", icon: <SoundOutlined />, isBuilt: true },
  { name: "flows", path: "/flows", icon: <BranchesOutlined />, isBuilt: true },
  { name: "audience", path: "/audience", icon: <TeamOutlined />, isBuilt: true },
  { name: "templates", path: "/templates", icon: <AppstoreOutlined />, isBuilt: true },
  { name: "messages", path: "/messages", icon: <MessageOutlined />, isBuilt: true },
  {
    name: "conversations",
    path: "/conversations",
    icon: <CustomerServiceOutlined />,
    isBuilt: true,
  },
  { name: "senders", path: "/senders", icon: <PhoneOutlined />, isBuilt: true },
  {
    name: "phones",
    path: "/phones",
    icon: <MobileOutlined />,
    isBuilt: true,
    needsSimulator: true,
  },
  { name: "settings", path: "/settings", icon: <SettingOutlined />, isBuilt: true },
];

export const BUILT_SCREENS = SCREENS.filter((screen) => screen.isBuilt);

/** The screen that an address belongs to: the longest path that it begins with. */
export function screenOf(pathname: string): Screen | undefined {
  return BUILT_SCREENS.filter(
    (screen) =>
      pathname === screen.path ||
      (screen.path !== "/" && pathname.startsWith(`${screen.path}/`)),
  ).at(-1);
}
