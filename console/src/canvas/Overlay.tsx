// The canvas below the numbers of a campaign or of one of its occurrences.

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { usePreferences } from "../app/preferences";
import { asProblem } from "../api/problem";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Loading } from "../parts/Loading";
import { chosenOf } from "./choice";
import { documentOf } from "./document";
import { FlowCanvas } from "./FlowCanvas";
import { arranged } from "./layout";
import { NodePeople } from "./NodePeople";
import { NumberSign, SHOWN } from "./numbers";
import type { ShownTraffic } from "./shownTraffic";
import { trafficOf } from "./traffic";
import { TrafficSwitch } from "./TrafficSwitch";

const REFRESH_MILLISECONDS = 3_000;

export function Overlay({ campaignId, occurrenceId }: { campaignId: number; occurrenceId?: number }) {
  const { t } = useTranslation("canvas");
  const { language } = usePreferences();
  const [shown, setShown] = useState<ShownTraffic>("counts");
  const [nodeId, setNodeId] = useState<string>();
  const numbers = useQuery({
    // Not below `occurrences`: the live stream would ask for it with every batch.
    queryKey: ["nodes", campaignId, occurrenceId ?? null],
    queryFn: () =>
      occurrenceId === undefined
        ? answerOf(
            api.GET("/api/v1/campaigns/{campaign_id}/nodes", {
              params: { path: { campaign_id: campaignId } },
            }),
          )
        : answerOf(
            api.GET("/api/v1/occurrences/{occurrence_id}/nodes", {
              params: { path: { occurrence_id: occurrenceId } },
            }),
          ),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  const flowId = numbers.data?.flow_id;
  const number = numbers.data?.version_number ?? undefined;
  const version = useQuery({
    queryKey: ["flows", flowId, "versions", number],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/flows/{flow_id}/versions/{number}", {
          params: { path: { flow_id: flowId ?? 0, number: number ?? 0 } },
        }),
      ),
    enabled: flowId !== undefined && number !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const flow = useMemo(
    () => (version.data === undefined ? undefined : arranged(documentOf(version.data.definition), true)),
    [version.data],
  );
  const counts = useMemo(
    () => new Map(numbers.data?.nodes.map((each) => [each.node_id, each])),
    [numbers.data],
  );

  const traffic = useMemo(
    () => trafficOf(numbers.data?.nodes ?? [], shown, language),
    [numbers.data, shown, language],
  );
  const selection = useMemo(() => new Set(nodeId === undefined ? [] : [nodeId]), [nodeId]);

  const error = numbers.error ?? version.error;
  if (numbers.data !== undefined && number === undefined) {
    return <Empty title={t("overlay.none")} text={t("overlay.noneText")} />;
  }
  if (flow === undefined) {
    if (error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(error)} onRetry={() => void numbers.refetch()} />;
  }
  const chosen = flow.nodes.find((each) => each.id === nodeId);
  return (
    <>
      <div className="insight-bar">
        <TrafficSwitch value={shown} onChange={setShown} />
      </div>
      <ul className="overlay-legend soft small" style={{ padding: 0, listStyle: "none" }}>
        <li>{t("overlay.version", { name: flow.name, number })}</li>
        {[...SHOWN.map(([name]) => name), "ended" as const, "broken" as const, "median" as const].map((name) => (
          <li key={name}>
            <NumberSign name={name} /> {t(`numbers.words.${name}`)}
          </li>
        ))}
      </ul>
      <div className="overlay-canvas">
        <FlowCanvas flow={flow} label={t("overlay.label", { name: flow.name })} isReadOnly
          counts={counts}
          traffic={traffic}
          selection={selection}
          onSelect={(ids) => setNodeId(chosenOf(ids, nodeId))}
        />
      </div>
      {chosen !== undefined && flowId !== undefined && (
        <NodePeople
          key={chosen.id}
          flowId={flowId}
          nodeId={chosen.id}
          title={chosen.label ?? chosen.id}
          campaignId={campaignId}
          occurrenceId={occurrenceId}
          failedCount={counts.get(chosen.id)?.failed_session_count ?? 0}
          onClose={() => setNodeId(undefined)}
        />
      )}
    </>
  );
}
