// The canvas behind a flow's numbers; a chosen node opens its people.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { chosenOf } from "../../canvas/choice";
import { documentOf } from "../../canvas/document";
import { FlowCanvas } from "../../canvas/FlowCanvas";
import { arranged } from "../../canvas/layout";
import { Outline } from "../../canvas/Outline";
import type { NodeCounts } from "../../canvas/NodeCard";
import { NodePeople } from "../../canvas/NodePeople";
import type { ShownTraffic } from "../../canvas/shownTraffic";
import { trafficOf } from "../../canvas/traffic";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { useIsNarrow } from "../../parts/narrow";
import type { Insight } from "./Insight";
import { versionQuery } from "./queries";

const NO_MESSAGES = {
  message_count: 0,
  queued_count: 0,
  accepted_count: 0,
  sent_count: 0,
  delivered_count: 0,
  read_count: 0,
  failed_count: 0,
};

export function InsightCanvas(props: {
  flowId: number;
  number: number;
  insight: Insight;
  shown: ShownTraffic;
  node: string | undefined;
  onNode: (id: string | undefined) => void;
}) {
  const { t } = useTranslation("insight");
  const { language } = usePreferences();
  const isNarrow = useIsNarrow();
  const { insight, shown, node, onNode } = props;
  const version = useQuery(versionQuery(props.flowId, props.number));
  const flow = useMemo(
    () => (version.data === undefined ? undefined : arranged(documentOf(version.data.definition), true)),
    [version.data],
  );
  const counts = useMemo(() => new Map(insight.nodes.map((each) => [each.node_id, countsOf(each)])), [insight]);
  const traffic = useMemo(() => trafficOf(insight.nodes, shown, language), [insight, shown, language]);
  const selection = useMemo(() => new Set(node === undefined ? [] : [node]), [node]);
  if (flow === undefined) {
    if (version.error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(version.error)} onRetry={() => void version.refetch()} />;
  }
  const chosen = flow.nodes.find((each) => each.id === node);
  return (
    <>
      {isNarrow ? (
        <Outline
          flow={flow}
          label={t("flow.canvas", { name: flow.name })}
          counts={counts}
          traffic={traffic}
          chosen={node}
          onOpen={onNode}
        />
      ) : (
        <div className="overlay-canvas">
          <FlowCanvas
            flow={flow}
            label={t("flow.canvas", { name: flow.name })}
            isReadOnly
            counts={counts}
            traffic={traffic}
            selection={selection}
            onSelect={(ids) => onNode(chosenOf(ids, node))}
          />
        </div>
      )}
      {chosen !== undefined && (
        <NodePeople
          key={chosen.id}
          flowId={props.flowId}
          nodeId={chosen.id}
          title={chosen.label ?? chosen.id}
          versionNumber={insight.version_number ?? undefined}
          failedCount={counts.get(chosen.id)?.failed_session_count ?? 0}
          onClose={() => onNode(undefined)}
        />
      )}
    </>
  );
}

function countsOf(node: Insight["nodes"][number]): NodeCounts {
  const completed = node.ended.completed ?? 0;
  return {
    ...NO_MESSAGES,
    node_id: node.node_id,
    entered_count: node.entered_count,
    left_count: node.left_count,
    waiting_count: node.waiting_count,
    completed_count: completed,
    stopped_count: node.ended_count - completed,
    failed_session_count: node.failed_count,
    median_wait_seconds: node.median_wait_seconds,
    exits: node.exits,
  };
}
