// The canvas below the numbers of a campaign or of one of its occurrences.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { asProblem } from "../api/problem";
import { Empty } from "../parts/Empty";
import { Failure } from "../parts/Failure";
import { Loading } from "../parts/Loading";
import { documentOf } from "./document";
import { FlowCanvas } from "./FlowCanvas";
import { arranged } from "./layout";
import { NumberSign, SHOWN } from "./numbers";

const REFRESH_MILLISECONDS = 3_000;

export function Overlay({ campaignId, occurrenceId }: { campaignId: number; occurrenceId?: number }) {
  const { t } = useTranslation("canvas");
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

  const error = numbers.error ?? version.error;
  if (numbers.data !== undefined && number === undefined) {
    return <Empty title={t("overlay.none")} text={t("overlay.noneText")} />;
  }
  if (flow === undefined) {
    if (error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(error)} onRetry={() => void numbers.refetch()} />;
  }
  return (
    <>
      <ul className="overlay-legend soft small" style={{ padding: 0, listStyle: "none" }}>
        <li>{t("overlay.version", { name: flow.name, number })}</li>
        {[...SHOWN.map(([name]) => name), "ended" as const].map((name) => (
          <li key={name}>
            <NumberSign name={name} /> {t(`numbers.words.${name}`)}
          </li>
        ))}
      </ul>
      <div className="overlay-canvas">
        <FlowCanvas flow={flow} label={t("overlay.label", { name: flow.name })} isReadOnly counts={counts} />
      </div>
    </>
  );
}
