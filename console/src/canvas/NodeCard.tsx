// A node on the canvas: what it is, what it says, its ways out, its problems, its numbers.

import { PlusOutlined, WarningFilled } from "@ant-design/icons";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../app/preferences";
import type { Schemas } from "../api/client";
import type { Tone } from "../app/theme";
import { shortCount } from "../parts/numbers";
import { Status } from "../parts/Status";
import { durationInWords } from "../parts/times";
import type { FlowNode } from "./document";
import { KindIcon, useKindWords } from "./KindIcon";
import { exitsOf, exitWord, linesOf } from "./kinds";
import { JUMP } from "./model";
import { NumberSign, SHOWN } from "./numbers";
import { useSay } from "./say";

export type NodeCounts = Schemas["NodeCountsAnswer"];

/** A word about a node, such as what became of it between two versions. */
export interface Mark {
  tone: Tone;
  words: string;
}

export interface CardData extends Record<string, unknown> {
  node: FlowNode;
  problem: { severity: "error" | "warning"; count: number } | undefined;
  counts: NodeCounts | undefined;
  /** Whether there is a row of numbers at all. */
  hasCounts: boolean;
  isLit: boolean;
  isHere: boolean;
  mark: Mark | undefined;
  isReadOnly: boolean;
  onAdd: (exit: string) => void;
}

export type CardNode = Node<CardData, "card">;

function Card({ data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation("canvas");
  const { node, problem, isReadOnly } = data;
  const words = useKindWords(node.kind);
  const say = useSay();
  const lines = linesOf(node, say);
  const exits = exitsOf(node);
  const isPlain = exits.length === 1 && node.kind !== "jump";
  const classes = ["card"];
  if (selected) classes.push("is-selected");
  if (data.isLit) classes.push("is-lit");
  if (data.isHere) classes.push("is-here");
  if (problem !== undefined) classes.push(`has-${problem.severity}`);
  if (data.mark !== undefined) classes.push(`is-marked mark-${data.mark.tone}`);
  return (
    <div className={classes.join(" ")}>
      {node.kind !== "start" && (
        <Handle type="target" position={Position.Top} isConnectable={!isReadOnly} />
      )}
      <div className="card-head">
        <KindIcon kind={node.kind} />
        <span className="card-title" title={node.id}>
          {node.label ?? words.title}
        </span>
        {data.mark !== undefined && <Status tone={data.mark.tone}>{data.mark.words}</Status>}
        {problem !== undefined && (
          <span
            className={`card-badge tone-${problem.severity === "error" ? "fail" : "hold"}`}
            role="img"
            aria-label={t(`problems.${problem.severity}`, { count: problem.count })}
          >
            <WarningFilled /> {problem.count}
          </span>
        )}
      </div>
      {lines.length > 0 && (
        <div className="card-lines">
          {lines.map((line, index) => (
            // Lines stand in the order of the config.
            <div key={index} title={line}>
              {line}
            </div>
          ))}
        </div>
      )}
      {data.hasCounts && <Numbers counts={data.counts} />}
      {exits.length > 0 && (
        <div className={isPlain ? "card-exits is-plain" : "card-exits"}>
          {exits.map((exit) => {
            const isOpen = node.exits?.[exit.name] === undefined;
            return (
              <div key={exit.name} className="card-exit">
                {!isPlain && <span title={exit.name}>{exitWord(node, exit.name)}</span>}
                <Handle
                  type="source"
                  id={exit.name}
                  position={Position.Bottom}
                  isConnectable={!isReadOnly}
                  className={isOpen ? (exit.isRequired ? "is-open is-required" : "is-open") : ""}
                />
                {isOpen && !isReadOnly && (
                  <button
                    type="button"
                    className="card-add nodrag nopan"
                    aria-label={t("add.after", {
                      node: node.label ?? words.title,
                      exit: exitWord(node, exit.name),
                    })}
                    onClick={(event) => {
                      event.stopPropagation();
                      data.onAdd(exit.name);
                    }}
                  >
                    <PlusOutlined />
                  </button>
                )}
              </div>
            );
          })}
          {node.kind === "jump" && (
            <div className="card-exit">
              <span>{t("jump.word")}</span>
              <Handle
                type="source"
                id={JUMP}
                position={Position.Bottom}
                isConnectable={!isReadOnly}
              />
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function isSame(one: CardData, other: CardData): boolean {
  return (
    one.node === other.node &&
    one.counts === other.counts &&
    one.hasCounts === other.hasCounts &&
    one.isLit === other.isLit &&
    one.isHere === other.isHere &&
    one.mark === other.mark &&
    one.isReadOnly === other.isReadOnly &&
    one.problem?.count === other.problem?.count &&
    one.problem?.severity === other.problem?.severity
  );
}

/** A card that is as it was is not drawn again. */
export const NodeCard = memo(
  Card,
  (one, other) => one.selected === other.selected && isSame(one.data, other.data),
);

export function Numbers({ counts }: { counts: NodeCounts | undefined }) {
  const { t } = useTranslation("canvas");
  const { language } = usePreferences();
  if (counts === undefined) return <div className="card-numbers soft">–</div>;
  const shown = SHOWN.filter(
    ([name]) =>
      name === "entered_count"
        ? counts.message_count === 0
        : counts[name] > 0 || (name === "sent_count" && counts.message_count > 0),
  );
  const ended = counts.completed_count + counts.stopped_count;
  return (
    <div className="card-numbers number">
      {shown.map(([name, tone]) => (
        <span key={name} className={`tone-${tone}`} title={t(`numbers.${name}`, { count: counts[name] })}>
          <NumberSign name={name} />{" "}
          <span className="visually-hidden">{t(`numbers.words.${name}`)}</span>
          {shortCount(counts[name], language)}
        </span>
      ))}
      {ended > 0 && (
        <span className="tone-mute" title={t("numbers.ended", { count: ended })}>
          <NumberSign name="ended" />{" "}
          <span className="visually-hidden">{t("numbers.words.ended")}</span>
          {shortCount(ended, language)}
        </span>
      )}
      {counts.failed_session_count > 0 && (
        <span className="tone-fail" title={t("numbers.broken", { count: counts.failed_session_count })}>
          <NumberSign name="broken" />{" "}
          <span className="visually-hidden">{t("numbers.words.broken")}</span>
          {shortCount(counts.failed_session_count, language)}
        </span>
      )}
      {counts.median_wait_seconds !== null && (
        <span className="tone-mute" title={t("numbers.median")}>
          <NumberSign name="median" />{" "}
          <span className="visually-hidden">{t("numbers.words.median")}</span>
          {durationInWords(counts.median_wait_seconds, language)}
        </span>
      )}
    </div>
  );
}
