// The small menus at the right of the header.

import {
  BulbOutlined,
  GlobalOutlined,
  LogoutOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown, type MenuProps, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { asProblem } from "../api/problem";
import { Status } from "../parts/Status";
import {
  type Density,
  type Language,
  prefer,
  type SchemeChoice,
  usePreferences,
} from "./preferences";
import { useMe } from "./session";
import type { Tone } from "./theme";

const SENDERS_REFRESH_MILLISECONDS = 30_000;

function HeaderMenu(props: { label: string; icon: ReactNode; menu: MenuProps }) {
  return (
    <Dropdown menu={props.menu} trigger={["click"]}>
      <Button type="text" icon={props.icon} aria-label={props.label} title={props.label} />
    </Dropdown>
  );
}

export function LanguageMenu() {
  const { t } = useTranslation("shell");
  const { language } = usePreferences();
  return (
    <HeaderMenu
      label={t("language")}
      icon={<GlobalOutlined />}
      menu={{
        selectedKeys: [language],
        onClick: ({ key }) => prefer({ language: key as Language }),
        // A language is named in itself.
        items: [
          { key: "en", label: <span lang="en">English</span> },
          { key: "zh", label: <span lang="zh-CN">简体中文</span> },
        ],
      }}
    />
  );
}

export function ThemeMenu() {
  const { t } = useTranslation("shell");
  const { scheme, density } = usePreferences();
  return (
    <HeaderMenu
      label={t("theme.title")}
      icon={<BulbOutlined />}
      menu={{
        selectedKeys: [scheme, density],
        onClick: ({ keyPath: [key, group] }) =>
          prefer(
            group === "density"
              ? { density: key as Density }
              : { scheme: key as SchemeChoice },
          ),
        items: [
          ...(["system", "light", "dark"] as const).map((key) => ({ key, label: t(`theme.${key}`) })),
          { type: "divider" },
          {
            key: "density",
            label: t("theme.density"),
            children: (["comfortable", "compact"] as const).map((key) => ({
              key,
              label: t(`theme.${key}`),
            })),
          },
        ],
      }}
    />
  );
}

export function PersonMenu() {
  const { t } = useTranslation("shell");
  const { message } = App.useApp();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const failed = (error: unknown) => void message.error(asProblem(error).message);
  const signOut = useMutation({
    mutationFn: () => answerOf(api.POST("/api/v1/sign-out")),
    onSuccess: async () => {
      queries.clear();
      await navigate({ to: "/sign-in" });
    },
    onError: failed,
  });
  const enter = useMutation({
    mutationFn: (workspaceId: number) =>
      answerOf(api.PUT("/api/v1/me/workspace", { body: { workspace_id: workspaceId } })),
    // Nothing of the workspace that was left may be shown in the new one.
    onSuccess: () => window.location.assign("/console/"),
    onError: failed,
  });
  const rooms = me.rooms.filter((room) => room.workspace_id !== me.workspace_id);
  return (
    <HeaderMenu
      label={t("person", { name: me.name })}
      icon={<UserOutlined />}
      menu={{
        onClick: ({ key }) => {
          if (key === "sign-out") signOut.mutate();
          else if (key.startsWith("room:")) enter.mutate(Number(key.slice("room:".length)));
        },
        items: [
          {
            key: "who",
            type: "group",
            label: `${me.name} · ${t(`roles.${me.role}`)}`,
            children: rooms.map((room) => ({
              key: `room:${room.workspace_id}`,
              label: t("enter", { name: room.name }),
            })),
          },
          { type: "divider" },
          { key: "sign-out", icon: <LogoutOutlined />, label: t("signOut") },
        ],
      }}
    />
  );
}

/** Whether the senders can send: one word for all of them. */
export function SenderHealth({ isBrief }: { isBrief: boolean }) {
  const { t } = useTranslation("shell");
  const { data } = useQuery({
    queryKey: ["senders"],
    queryFn: () => answerOf(api.GET("/api/v1/senders")),
    refetchInterval: SENDERS_REFRESH_MILLISECONDS,
  });
  if (data === undefined) return null;
  const senders = data.items;
  const paused = senders.filter((sender) => sender.status !== "active");
  const slowed = senders.filter(
    (sender) =>
      sender.current_rate_per_second !== null &&
      sender.current_rate_per_second < sender.rate_per_second * 0.95,
  );
  const [tone, word]: [Tone, string] =
    senders.length === 0
      ? ["mute", "none"]
      : paused.length > 0
        ? ["hold", "paused"]
        : slowed.length > 0
          ? ["hold", "slowed"]
          : ["ok", "healthy"];
  const count = word === "paused" ? paused.length : word === "slowed" ? slowed.length : senders.length;
  const text = t(`senders.${word}`, { count });
  return (
    <Tooltip title={senders.map((sender) => sender.name).join(", ")}>
      <span>
        <Status tone={tone}>
          {isBrief ? <span className="visually-hidden">{text}</span> : text}
        </Status>
      </span>
    </Tooltip>
  );
}
