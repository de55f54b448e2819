// The page of one flow: its draft, or one of its versions to look at.  The canvas is a chunk of its
// own and only comes with this page.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { asProblem } from "../../api/problem";
import { useMay } from "../../app/session";
import { documentOf } from "../../canvas/document";
import { arranged } from "../../canvas/layout";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { EditorFrame } from "./EditorFrame";
import { type Flow, flowQuery, versionQuery } from "./queries";

const route = getRouteApi("/shell/flows/$flowId");
const REFRESH_MILLISECONDS = 5_000;

export function FlowPage() {
  const { flowId } = route.useParams();
  const { version } = route.useSearch();
  const { data, error, refetch } = useQuery({
    ...flowQuery(flowId),
    // Somebody else may work on the draft in another window.
    refetchInterval: version === undefined && REFRESH_MILLISECONDS,
  });
  if (data === undefined) {
    if (error === null) return <Loading rows={10} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  if (version !== undefined) return <OldVersion flow={data} number={version} />;
  return <Draft key={flowId} flow={data} />;
}

function Draft({ flow }: { flow: Flow }) {
  const mayEdit = useMay("edit_flows");
  // What the server says later is only taken when the person asks for it.
  const [first] = useState(() => ({
    revision: flow.draft_revision,
    document: arranged(documentOf(flow.draft)),
  }));
  return <EditorFrame flow={flow} first={first} isReadOnly={!mayEdit} />;
}

function OldVersion({ flow, number }: { flow: Flow; number: number }) {
  const { data, error, refetch } = useQuery(versionQuery(flow.id, number));
  const document = useMemo(
    () => (data === undefined ? undefined : arranged(documentOf(data.definition))),
    [data],
  );
  if (document === undefined) {
    if (error === null) return <Loading rows={10} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  return (
    <EditorFrame
      key={`${flow.id}/${number}`}
      flow={flow}
      first={{ revision: 0, document }}
      version={number}
      isReadOnly
    />
  );
}
