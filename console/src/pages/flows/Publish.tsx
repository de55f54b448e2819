// Publish the draft: what keeps it from that, what changes, and who is already under way.

import { useQuery } from "@tanstack/react-query";
import { Alert, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { documentOf, type FlowDocument } from "../../canvas/document";
import { difference } from "../../canvas/difference";
import { ProblemList } from "../../canvas/ProblemsPanel";
import type { FlowProblem } from "../../canvas/problems";
import { useAct } from "../../parts/act";
import { type FlowSummary, publicationQuery, publishFlow, versionQuery, WAITING_CHOICES, type WaitingChoice } from "./queries";

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
  const { data: publication } = useQuery({
    ...publicationQuery(flow.id, props.revision),
    enabled: number !== undefined,
  });
  const [note, setNote] = useState("");
  const [waiting, setWaiting] = useState<WaitingChoice>("finish");
  const waitingCount = publication?.waiting_count ?? 0;
  const publish = useAct({
    act: () => publishFlow(flow.id, props.revision, { note: note.trim(), waiting }),
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
      {waitingCount > 0 && errors === 0 && (
        <fieldset style={{ border: 0, padding: 0, margin: "0 0 12px" }}>
          <legend style={{ marginBottom: 6 }}>
            {t("publish.waiting", { count: waitingCount })}{" "}
            {(publication?.disturbed_count ?? 0) > 0 && t("publish.disturbed", { count: publication?.disturbed_count })}
          </legend>
          <Radio.Group
            value={waiting}
            onChange={(event) => setWaiting(event.target.value as WaitingChoice)}
            style={{ display: "grid", gap: 6 }}
            options={WAITING_CHOICES.map((value) => ({ value, label: t(`publish.choices.${value}`) }))}
          />
        </fieldset>
      )}
      {errors === 0 && (
        <label>
          {t("publish.note")}
          <Input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
        </label>
      )}
      {problems.length > 0 && (
        <div style={{ maxHeight: 300, overflowY: "auto", marginTop: 12 }} tabIndex={0} role="region" aria-label={t("publish.problems")}>
          <ProblemList problems={problems} onOpen={props.onOpen} />
        </div>
      )}
    </Modal>
  );
}
