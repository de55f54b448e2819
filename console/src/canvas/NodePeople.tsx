// The people of a node: who waits here now, and who failed here, each leading to their session.

import { useQuery } from "@tanstack/react-query";
import { Drawer, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { SessionRows } from "../pages/sessions/SessionRows";
import { Empty } from "../parts/Empty";
import { usePaging } from "../parts/paging";

type Standing = "waiting" | "failed";

export function NodePeople(props: {
  flowId: number;
  nodeId: string;
  title: string;
  versionNumber?: number;
  campaignId?: number;
  occurrenceId?: number;
  failedCount: number;
  onClose: () => void;
}) {
  const { t } = useTranslation("insight");
  const { flowId, nodeId, versionNumber, campaignId, occurrenceId } = props;
  const [status, setStatus] = useState<Standing>(props.failedCount > 0 ? "failed" : "waiting");
  const subject = [flowId, nodeId, versionNumber, campaignId, occurrenceId, status];
  const paging = usePaging(subject.join("/"));
  const query = useQuery({
    queryKey: ["sessions", "standing", ...subject, paging.cursor],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/sessions", {
          params: {
            query: {
              flow_id: flowId,
              node_id: nodeId,
              version_number: versionNumber,
              campaign_id: campaignId,
              occurrence_id: occurrenceId,
              status,
              limit: 25,
              cursor: paging.cursor,
            },
          },
        }),
      ),
  });
  return (
    <Drawer open onClose={props.onClose} size="min(720px, 100vw)" title={t("people.title", { node: props.title })}>
      <Segmented<Standing>
        aria-label={t("people.which")}
        value={status}
        options={(["waiting", "failed"] as const).map((value) => ({ value, label: t(`people.${value}`) }))}
        onChange={setStatus}
        style={{ marginBottom: 12 }}
      />
      <SessionRows
        query={query}
        paging={paging}
        withContact
        empty={<Empty title={t(`people.none.${status}`)} text={t("people.noneText")} />}
      />
    </Drawer>
  );
}
