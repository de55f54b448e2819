// Two versions as one picture: what is new, what is changed, and what is gone.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { together } from "../../canvas/difference";
import { documentOf } from "../../canvas/document";
import { FlowCanvas } from "../../canvas/FlowCanvas";
import { tidy } from "../../canvas/layout";
import type { Mark } from "../../canvas/NodeCard";
import { useCentred } from "../../canvas/useCentred";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { CHANGE_TONE, type Difference } from "./ChangeList";
import { type Flow, versionQuery } from "./queries";

export function CompareCanvas(props: {
  flow: Flow;
  before: number;
  after: number | undefined;
  difference: Difference;
  chosen: string | undefined;
}) {
  const { t } = useTranslation("flows");
  const { flow, difference, chosen } = props;
  const before = useQuery(versionQuery(flow.id, props.before));
  const after = useQuery({ ...versionQuery(flow.id, props.after ?? 0), enabled: props.after !== undefined });
  const later = props.after === undefined ? flow.draft : after.data?.definition;
  const both = useMemo(() => {
    if (before.data === undefined || later === undefined) return undefined;
    const made = together(documentOf(before.data.definition), documentOf(later));
    const positions = tidy(made);
    return { ...made, nodes: made.nodes.map((node) => ({ ...node, position: positions[node.id] })) };
  }, [before.data, later]);
  const marks = useMemo(
    () =>
      new Map(
        difference.nodes.map((each): [string, Mark] => [
          each.node_id,
          { tone: CHANGE_TONE[each.change], words: t(`changes.${each.change}`) },
        ]),
      ),
    [difference, t],
  );
  const selection = useMemo(() => new Set(chosen === undefined ? [] : [chosen]), [chosen]);
  const onReady = useCentred(both, chosen);
  if (both === undefined) {
    const error = before.error ?? after.error;
    if (error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(error)} onRetry={() => void before.refetch()} />;
  }
  return (
    <div className="overlay-canvas">
      <FlowCanvas
        // Another pair is another picture.
        key={`${props.before}/${props.after ?? "draft"}`}
        flow={both}
        label={t("versions.canvas", { name: flow.name })}
        isReadOnly
        marks={marks}
        selection={selection}
        onReady={onReady}
      />
    </div>
  );
}
