// Publish the draft: what keeps it from that, what changes, what its tests say, and who waits.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Checkbox, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { ProblemList } from "../../canvas/ProblemsPanel";
import { useAct } from "../../parts/act";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { ChangeList } from "./ChangeList";
import {
  draftTestsQuery,
  type FlowSummary,
  publicationQuery,
  publishFlow,
  WAITING_CHOICES,
  type WaitingChoice,
} from "./queries";
import { TestsBrief } from "./TestsBrief";
import { WaitingBrief } from "./WaitingBrief";

export function Publish(props: {
  flow: FlowSummary;
  /** The draft that is meant; else the one that the flow was read with. */
  revision?: number;
  /** Where the editor leads to a step; elsewhere the editor is opened at it. */
  onOpen?: (nodeId: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("flows");
  const navigate = useNavigate();
  const { flow } = props;
  const revision = props.revision ?? flow.draft_revision;
  const { data: publication, error, refetch } = useQuery(publicationQuery(flow.id, revision));
  const tests = useQuery({ ...draftTestsQuery(flow.id, revision), enabled: publication?.can_publish === true });
  const [note, setNote] = useState("");
  const [waiting, setWaiting] = useState<WaitingChoice>("finish");
  const [isDespite, setIsDespite] = useState(false);
  const publish = useAct({
    act: () => publishFlow(flow.id, revision, { note: note.trim(), waiting, despiteTests: isDespite }),
    topics: ["flows", "bindings"],
    done: (made) => t("done.published", { name: flow.name, number: made.number }),
    onDone: props.onClose,
  });
  const number = publication?.published_number ?? undefined;
  const problems = publication?.problems ?? [];
  const errorCount = problems.filter((each) => each.severity === "error").length;
  const failedCount = tests.data?.failed_count ?? 0;
  const isReady = publication?.can_publish === true && !tests.isPending && (failedCount === 0 || isDespite);
  const open =
    props.onOpen ??
    ((node: string) => void navigate({ to: "/flows/$flowId", params: { flowId: flow.id }, search: { node } }));
  return (
    <Modal
      open
      title={t("publish.title", { name: flow.name })}
      onCancel={props.onClose}
      okText={t("actions.publish")}
      okButtonProps={{ disabled: !isReady, danger: failedCount > 0 }}
      confirmLoading={publish.isPending}
      onOk={() => publish.mutate()}
      width={620}
    >
      {error !== null && <Failure problem={asProblem(error)} onRetry={() => void refetch()} />}
      {publication === undefined && error === null && <Loading rows={4} />}
      {publication?.can_publish === false && (
        <Alert type="error" showIcon title={t("publish.errors", { count: errorCount })} />
      )}
      {publication?.can_publish === true && (
        <div className="publish">
          <p>{number === undefined ? t("publish.first") : t("publish.next", { number: number + 1 })}</p>
          {publication.difference !== null && (
            <>
              <ChangeList difference={publication.difference} />
              {number !== undefined && !publication.difference.is_empty && (
                <Link to="/flows/$flowId/versions" params={{ flowId: flow.id }} search={{ before: number }} target="_blank">
                  {t("publish.compare")}
                </Link>
              )}
            </>
          )}
          {publication.waiting_count > 0 && (
            <fieldset>
              <legend>
                {t("publish.waiting", { count: publication.waiting_count })}{" "}
                {publication.disturbed_count > 0 && t("publish.disturbed", { count: publication.disturbed_count })}
              </legend>
              <WaitingBrief publication={publication} />
              <Radio.Group
                value={waiting}
                onChange={(event) => setWaiting(event.target.value as WaitingChoice)}
                options={WAITING_CHOICES.map((value) => ({ value, label: t(`publish.choices.${value}`) }))}
              />
            </fieldset>
          )}
          {tests.isPending ? <Loading rows={1} /> : tests.data !== undefined && <TestsBrief report={tests.data} />}
          {failedCount > 0 && (
            <Checkbox checked={isDespite} onChange={(event) => setIsDespite(event.target.checked)}>
              {t("publish.despite", { count: failedCount })}
            </Checkbox>
          )}
          <label>
            {t("publish.note")}
            <Input.TextArea
              value={note}
              maxLength={500}
              autoSize={{ minRows: 1, maxRows: 4 }}
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
        </div>
      )}
      {problems.length > 0 && (
        <div className="publish-problems" tabIndex={0} role="region" aria-label={t("publish.problems")}>
          <ProblemList problems={problems} onOpen={open} />
        </div>
      )}
    </Modal>
  );
}
