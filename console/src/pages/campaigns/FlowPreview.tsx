// The published version of a flow as an outline: every step with its exits.

import { Drawer } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { type FlowDefinition, type FlowNode, inWalkingOrder, textOfNode } from "./flow";
import { publishedFlowQuery } from "./queries";

export function FlowPreview({ flowId, onClose }: { flowId: number; onClose: () => void }) {
  const { t } = useTranslation("campaigns");
  const { data, error, refetch } = useQuery(publishedFlowQuery(flowId));
  const definition = data?.definition as FlowDefinition | undefined;
  return (
    <Drawer
      open
      onClose={onClose}
      size="min(480px, 100vw)"
      title={t("preview.title", { name: definition?.name ?? "" })}
    >
      {error !== null && <Failure problem={asProblem(error)} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data === null && <p>{t("preview.none")}</p>}
      {data && definition && (
        <>
          <p className="soft">
            {t("preview.version", { number: data.number })} <Ago at={data.published_at} />
          </p>
          <ol className="outline">
            {inWalkingOrder(definition).map((node) => (
              <OutlineStep key={node.id} node={node} definition={definition} />
            ))}
          </ol>
        </>
      )}
    </Drawer>
  );
}

function OutlineStep({ node, definition }: { node: FlowNode; definition: FlowDefinition }) {
  const { t, i18n } = useTranslation("campaigns");
  const kind = `kinds.${node.kind}`;
  const kindInWords = i18n.exists(kind, { ns: "campaigns" }) ? t(kind) : node.kind;
  const nameOf = (id: string) => {
    const found = definition.nodes.find((each) => each.id === id);
    return found?.label ?? id;
  };
  return (
    <li id={`step-${node.id}`}>
      <div className="outline-head">
        <strong>{node.label ?? kindInWords}</strong>
        {node.label !== undefined && <span className="soft small">{kindInWords}</span>}
        {node.kind === "start" && <Status tone="run">{t("preview.start")}</Status>}
      </div>
      {textOfNode(node) !== "" && <div className="outline-text">{textOfNode(node)}</div>}
      {Object.entries(node.exits ?? {}).map(([exit, target]) => (
        <div key={exit} className="small">
          <code>{exit}</code> <a href={`#step-${target}`}>{t("preview.to", { node: nameOf(target) })}</a>
        </div>
      ))}
    </li>
  );
}
