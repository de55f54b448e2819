// Publish the draft: what keeps it from that, what changes, and who is already under way.

import { useQuery } from "@tanstack/react-query";
import { Alert, Modal } from "antd";
import { useTranslation } from "react-i18next";
import { documentOf, type FlowDocument } from "../../canvas/document";
import { difference } from "../../canvas/model";
import { ProblemList } from "../../canvas/ProblemsPanel";
import type { FlowProblem } from "../../canvas/problems";
import { useAct } from "../../parts/act";
import { type FlowSummary, publishFlow, versionQuery } from "./queries";

export function Publish(props: {
  flow: FlowSummary;
  revision: number;
  document: FlowDocument;
  problems: readonly FlowProblem[];
  onOpen: (nodeId: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  const { flow, problems } = props;
  const errors = problems.filter((each) => each.severity === "error").length;
  const number = flow.published_number ?? undefined;
  const { data: version } = useQuery({
    ...versionQuery(flow.id, number ?? 0),
    enabled: number !== undefined,
  });
  const publish = useAct({
    act: () => publishFlow(flow.id, props.revision),
    topics: ["flows"],
    done: (made) => t("done.published", { name: flow.name, number: made.number }),
    onDone: props.onClose,
  });
  const changes = version && difference(documentOf(version.definition), props.document);
  return (
    <Modal
      open
      title={t("publish.title", { name: flow.name })}
      onCancel={props.onClose}
      okText={t("actions.publish")}
      okButtonProps={{ disabled: errors > 0 }}
      confirmLoading={publish.isPending}
      onOk={() => publish.mutate()}
      width={560}
    >
      {errors > 0 ? (
        <Alert type="error" showIcon title={t("publish.errors", { count: errors })} />
      ) : (
        <p>{number === undefined ? t("publish.first") : t("publish.next", { number: number + 1 })}</p>
      )}
      {changes !== undefined && errors === 0 && (
        <ul>
          {(["added", "changed", "removed"] as const).map((kind) =>
            changes[kind].length === 0 ? null : (
              <li key={kind}>
                {t(`publish.${kind}`, { count: changes[kind].length })} <code>{changes[kind].join(", ")}</code>
              </li>
            ),
          )}
        </ul>
      )}
      {problems.length > 0 && (
        <div style={{ maxHeight: 300, overflowY: "auto", marginTop: 12 }} tabIndex={0} role="region" aria-label={t("publish.problems")}>
          <ProblemList problems={problems} onOpen={props.onOpen} />
        </div>
      )}
    </Modal>
  );
}
