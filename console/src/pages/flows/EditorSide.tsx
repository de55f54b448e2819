// Beside the canvas: the chosen step or the phone.  On a narrow screen it comes up from below.

import { Drawer, Segmented } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useIsNarrow } from "../../parts/narrow";

export type Side = "step" | "phone";
const SIDES = ["step", "phone"] as const;

export function EditorSide(props: {
  side: Side;
  onSide: (side: Side) => void;
  /** Only on a narrow screen. */
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation("flows");
  const isNarrow = useIsNarrow();
  if (isNarrow) {
    return (
      <Drawer
        open={props.isOpen}
        onClose={props.onClose}
        placement="bottom"
        size="88vh"
        title={t(`side.${props.side}`)}
        className="editor-drawer"
        destroyOnHidden
      >
        {props.children}
      </Drawer>
    );
  }
  return (
    <aside className="editor-side" aria-label={t("side.title")}>
      <div className="switch">
        <Segmented<Side>
          block
          aria-label={t("side.title")}
          value={props.side}
          options={SIDES.map((value) => ({ value, label: t(`side.${value}`) }))}
          onChange={props.onSide}
        />
      </div>
      <div className="body" tabIndex={-1}>
        {props.children}
      </div>
    </aside>
  );
}
