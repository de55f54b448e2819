// The look: Ant Design's tokens, raised where its own colours are too faint to be read (4.5:1), and
// our six tones of a state.  The tones are CSS variables in `base.css`, of the same names.

import { theme, type ThemeConfig } from "antd";
import type { Density, Scheme } from "./preferences";

export const TONES = ["ok", "wait", "run", "hold", "fail", "mute"] as const;
export type Tone = (typeof TONES)[number];

const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", ' +
  '"Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const SURFACES = {
  light: { page: "#f5f6f8", side: "#ffffff", line: "#e4e7ec" },
  dark: { page: "#101214", side: "#17191c", line: "#2c3036" },
} as const;

const COLORS = {
  light: {
    colorPrimary: "#0958d9",
    colorLink: "#0958d9",
    colorSuccess: "#237804",
    colorWarning: "#8a5a00",
    colorError: "#cf1322",
    colorTextSecondary: "#4b535e",
    colorTextTertiary: "#5b6470",
    colorTextDescription: "#5b6470",
    colorTextPlaceholder: "#646d79",
  },
  dark: {
    colorPrimary: "#1668dc",
    colorLink: "#78aefc",
    colorLinkHover: "#a3c8ff",
    colorSuccess: "#6abe39",
    colorWarning: "#e0a82e",
    colorError: "#f0616a",
    colorTextSecondary: "#b6bcc4",
    colorTextTertiary: "#a0a7b0",
    colorTextDescription: "#a0a7b0",
    colorTextPlaceholder: "#969da6",
    colorBgContainer: "#17191c",
    colorBgElevated: "#1f2226",
  },
} as const;

export function themeOf(scheme: Scheme, density: Density, isStill: boolean): ThemeConfig {
  const surfaces = SURFACES[scheme];
  const isDark = scheme === "dark";
  return {
    algorithm: [
      isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
      ...(density === "compact" ? [theme.compactAlgorithm] : []),
    ],
    token: {
      ...COLORS[scheme],
      borderRadius: 8,
      fontFamily: FONT,
      fontSize: density === "compact" ? 13 : 14,
      motion: !isStill,
    },
    components: {
      Layout: {
        bodyBg: surfaces.page,
        siderBg: surfaces.side,
        headerBg: surfaces.side,
        headerHeight: 52,
        headerPadding: "0 16px",
        triggerBg: surfaces.side,
        triggerColor: isDark ? "#b6bcc4" : "#4b535e",
      },
      Menu: {
        itemBg: "transparent",
        itemSelectedColor: isDark ? "#a9cbff" : "#003eb3",
        itemSelectedBg: isDark ? "#15325b" : "#e6f0ff",
      },
      Table: { headerBg: isDark ? "#1d2024" : "#fafbfc", cellPaddingBlock: 10 },
      // White is too faint on the red of the dark theme.
      Button: isDark ? { dangerColor: "#140203" } : {},
      Tabs: isDark ? { itemSelectedColor: "#78aefc", itemHoverColor: "#a3c8ff", inkBarColor: "#78aefc" } : {},
    },
  };
}
