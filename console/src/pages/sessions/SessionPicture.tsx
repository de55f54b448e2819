// The flow of a session with the way that it went.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { documentOf } from "../../canvas/document";
import type { LoggedEvent } from "../../canvas/EventLog";
import { FlowCanvas, type Lit } from "../../canvas/FlowCanvas";
import { arranged } from "../../canvas/layout";
import { JUMP, wayId } from "../../canvas/model";
import { Outline } from "../../canvas/Outline";
import { useCentred } from "../../canvas/useCentred";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { useIsNarrow } from "../../parts/narrow";
import { versionQuery } from "../flows/queries";
import type { Story } from "./SessionPage";

export function SessionPicture(props: {
  session: Story;
  events: readonly LoggedEvent[];
  chosen: string | undefined;
  onOpen: (nodeId: string) => void;
}) {
  const { t } = useTranslation("insight");
  const { session, events, chosen } = props;
  const isNarrow = useIsNarrow();
  const version = useQuery(versionQuery(session.flow_id, session.version_number));
  const flow = useMemo(
    () => (version.data === undefined ? undefined : arranged(documentOf(version.data.definition))),
    [version.data],
  );
  const lit = useMemo((): Lit => litBy(events, session.node_id), [events, session.node_id]);
  const onReady = useCentred(flow, chosen);
  if (flow === undefined) {
    if (version.error === null) return <Loading rows={6} />;
    return <Failure problem={asProblem(version.error)} onRetry={() => void version.refetch()} />;
  }
  if (isNarrow) {
    return (
      <details className="session-outline">
        <summary>{t("session.canvas", { flow: flow.name })}</summary>
        <Outline
          flow={flow}
          label={t("session.canvas", { flow: flow.name })}
          lit={lit}
          chosen={chosen}
          onOpen={props.onOpen}
        />
      </details>
    );
  }
  return (
    <div className="overlay-canvas">
      <FlowCanvas
        flow={flow}
        label={t("session.canvas", { flow: flow.name })}
        isReadOnly
        lit={lit}
        onReady={onReady}
      />
    </div>
  );
}

function litBy(events: readonly LoggedEvent[], standing: string | null): Lit {
  const nodes = new Set<string>();
  const ways = new Set<string>();
  let here = standing ?? undefined;
  for (const { event, node_id, details } of events) {
    if (node_id === null) continue;
    if (event === "node_entered") {
      nodes.add(node_id);
      here = node_id;
    }
    if (event === "exit_left") ways.add(wayId(node_id, details.exit === "jump" ? JUMP : String(details.exit)));
  }
  if (here !== undefined) nodes.add(here);
  return { nodes, ways, here };
}
