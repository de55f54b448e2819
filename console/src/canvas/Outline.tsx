// A flow to read without a canvas: on a narrow screen, and for whoever does not see.

import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useId, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Status } from "../parts/Status";
import "./canvas.css";
import type { FlowDocument } from "./document";
import type { CanvasProps, Lit } from "./FlowCanvas";
import { KindIcon, useKindWords } from "./KindIcon";
import { exitWord, linesOf } from "./kinds";
import { JUMP, wayId } from "./model";
import { type NodeCounts, Numbers } from "./NodeCard";
import { type OutlineStep, outlineOf, type OutlineWay } from "./outline";
import { worstOf } from "./problems";
import { useSay } from "./say";

interface OutlineProps {
  flow: FlowDocument;
  label: string;
  problems?: CanvasProps["problems"];
  lit?: Lit;
  counts?: ReadonlyMap<string, NodeCounts>;
  traffic?: CanvasProps["traffic"];
  chosen?: string;
  onOpen: (nodeId: string) => void;
  /** A new step behind a way out that leads nowhere, or into one. */
  onAdd?: (step: OutlineStep, exit: string) => void;
}

export function Outline(props: OutlineProps) {
  const { t } = useTranslation("canvas");
  const base = useId();
  const steps = useMemo(() => outlineOf(props.flow), [props.flow]);
  const worst = useMemo(() => worstOf(props.problems ?? []), [props.problems]);
  const byId = new Map(steps.map((step) => [step.node.id, step]));
  const addressOf = (id: string) => `${base}-${id}`;

  function goTo(id: string): void {
    const step = document.getElementById(addressOf(id));
    step?.scrollIntoView({ block: "center" });
    step?.querySelector<HTMLElement>(".outline-name")?.focus();
  }

  return (
    <ol className="outline" aria-label={props.label}>
      {steps.map((step) => {
        const problem = worst.get(step.node.id);
        return (
          <li
            key={step.node.id}
            id={addressOf(step.node.id)}
            className={classesOf(step.node.id, props)}
            aria-current={props.lit?.here === step.node.id ? "step" : undefined}
          >
            <Head step={step} onOpen={props.onOpen} />
            {problem !== undefined && (
              <Status tone={problem.severity === "error" ? "fail" : "hold"}>
                {t(`problems.${problem.severity}`, { count: problem.count })}
              </Status>
            )}
            {!step.isReached && step.node.kind !== "note" && <Status tone="mute">{t("outline.unreached")}</Status>}
            <Lines step={step} />
            {props.counts !== undefined && <Numbers counts={props.counts.get(step.node.id)} />}
            <ul className="outline-ways">
              {step.ways.map((way) => (
                <Way
                  key={way.exit}
                  step={step}
                  way={way}
                  to={way.to === undefined ? undefined : byId.get(way.to)}
                  isLit={props.lit?.ways.has(wayId(step.node.id, way.exit)) ?? false}
                  traffic={props.traffic?.get(wayId(step.node.id, way.exit))?.words}
                  onGo={goTo}
                  onAdd={props.onAdd}
                />
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}

function classesOf(id: string, { lit, chosen }: OutlineProps): string {
  const classes = ["panel"];
  if (lit?.nodes.has(id)) classes.push("is-lit");
  if (lit?.here === id) classes.push("is-here");
  if (chosen === id) classes.push("is-selected");
  return classes.join(" ");
}

function Head({ step, onOpen }: { step: OutlineStep; onOpen: (nodeId: string) => void }) {
  const words = useKindWords(step.node.kind);
  return (
    <div className="outline-head">
      <span className="number soft">{step.number}</span>
      <KindIcon kind={step.node.kind} />
      <button type="button" className="outline-name" onClick={() => onOpen(step.node.id)}>
        {step.node.label ?? words.title}
        {step.node.label !== undefined && <span className="soft small">{words.title}</span>}
      </button>
    </div>
  );
}

function Lines({ step }: { step: OutlineStep }) {
  const say = useSay();
  const lines = linesOf(step.node, say);
  if (lines.length === 0) return null;
  return (
    <div className="outline-lines">
      {lines.map((line, index) => (
        // Lines stand in the order of the config.
        <div key={index}>{line}</div>
      ))}
    </div>
  );
}

function Way(props: {
  step: OutlineStep;
  way: OutlineWay;
  to: OutlineStep | undefined;
  isLit: boolean;
  traffic: string | undefined;
  onGo: (id: string) => void;
  onAdd: OutlineProps["onAdd"];
}) {
  const { t } = useTranslation("canvas");
  const { step, way, to } = props;
  const target = useKindWords(to?.node.kind ?? "");
  const exit = way.exit === JUMP ? t("jump.word") : exitWord(step.node, way.exit);
  const isPlain = step.ways.length === 1 && way.exit === "next";
  return (
    <li className={props.isLit ? "is-lit" : undefined}>
      {!isPlain && <strong>{exit}</strong>} <span aria-hidden="true">→</span>{" "}
      {to === undefined ? (
        <span className="soft">{t("inspector.nowhere")}</span>
      ) : (
        <button type="button" className="test-name" onClick={() => props.onGo(to.node.id)}>
          {to.number} {to.node.label ?? target.title}
        </button>
      )}
      {props.traffic !== undefined && props.traffic !== "" && <span className="way-words number">{props.traffic}</span>}
      {props.onAdd !== undefined && way.exit !== JUMP && (
        <Button
          type="text"
          size="small"
          icon={<PlusOutlined />}
          aria-label={t("outline.addAfter", { node: step.node.label ?? step.node.id, exit })}
          onClick={() => props.onAdd?.(step, way.exit)}
        />
      )}
    </li>
  );
}
