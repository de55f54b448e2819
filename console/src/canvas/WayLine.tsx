// A way between two nodes, with a "+" that puts a node into it.

import { PlusOutlined } from "@ant-design/icons";
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Position } from "./document";
import { curve } from "./layout";
import type { WayTraffic } from "./traffic";

export interface WayData extends Record<string, unknown> {
  isLit: boolean;
  isJump: boolean;
  /** Where it passes rows of cards. */
  route: readonly Position[] | undefined;
  /** Undefined where nothing can be put in. */
  onInsert: (() => void) | undefined;
  words: string;
  traffic: WayTraffic | undefined;
}

export type WayEdge = Edge<WayData, "way">;

export const WayLine = memo(function WayLine(props: EdgeProps<WayEdge>) {
  const { t } = useTranslation("canvas");
  const { data } = props;
  const { sourceX, sourceY, targetX, targetY } = props;
  const isDown = targetY > sourceY + 8;
  const passed = data?.route ?? [];
  const [stepped, middleX, middleY] = getSmoothStepPath({ ...props, borderRadius: 10, offset: 22 });
  const path = isDown
    ? curve({ x: sourceX, y: sourceY }, passed, { x: targetX, y: targetY })
    : stepped;
  const labelX = isDown ? (passed[0]?.x ?? middleX) : middleX;
  const labelY = isDown ? (passed[0]?.y ?? middleY) : middleY;
  const classes = ["way"];
  if (data?.isJump) classes.push("is-jump");
  if (data?.isLit) classes.push("is-lit");
  if (props.selected) classes.push("is-selected");
  const { traffic } = data ?? {};
  if (traffic?.weight === 0) classes.push("is-idle");
  return (
    <>
      <BaseEdge id={props.id} path={path} markerEnd={props.markerEnd} className={classes.join(" ")}
        style={traffic === undefined ? undefined : { strokeWidth: 1.6 + 7 * traffic.weight }}
        interactionWidth={18}
      />
      {traffic !== undefined && traffic.words !== "" && (
        <EdgeLabelRenderer>
          <span
            className="way-number number"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {traffic.words}
          </span>
        </EdgeLabelRenderer>
      )}
      {data?.onInsert !== undefined && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className="way-add nodrag nopan"
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
            aria-label={t("add.into", { way: data.words })}
            onClick={data.onInsert}
          >
            <PlusOutlined />
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
