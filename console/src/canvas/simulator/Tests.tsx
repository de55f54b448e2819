// The tests of a flow: keep a play as one, run them, see what they walk.

import { DeleteOutlined, PlayCircleOutlined, SaveOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { useAct } from "../../parts/act";
import { Status } from "../../parts/Status";
import type { FlowDocument } from "../document";
import type { Lit } from "../FlowCanvas";
import { JUMP, wayId } from "../model";
import { type Move, playBody, type PlaySettings, testsOf } from "../play";

type Report = Schemas["TestsAnswer"];

export function Tests(props: {
  flow: FlowDocument;
  settings: PlaySettings;
  moves: readonly Move[];
  isReadOnly: boolean;
  onChange: (tests: readonly unknown[]) => void;
  onLit: (lit: Lit) => void;
}) {
  const { t } = useTranslation("canvas");
  const { flow } = props;
  const tests = testsOf(flow);
  const [report, setReport] = useState<Report>();
  const run = useAct({
    act: () => answerOf(api.POST("/api/v1/flows/test", { body: { definition: flow } })),
    topics: [],
    onDone: (answer) => {
      setReport(answer);
      props.onLit(litBy(answer));
    },
  });
  const results = new Map(report?.results.map((each) => [each.name, each]));
  return (
    <div className="simulator-tests">
      <div className="row">
        {!props.isReadOnly && <SaveTest {...props} tests={tests} />}
        <Button
          size="small"
          icon={<PlayCircleOutlined />}
          disabled={tests.length === 0}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >
          {t("tests.run")}
        </Button>
      </div>
      {tests.length === 0 && <p className="soft small">{t("tests.none")}</p>}
      <ul className="log">
        {tests.map(({ name }) => {
          const result = results.get(name);
          return (
            <li key={name}>
              <span>
                {result === undefined ? (
                  <Status tone="mute">{t("tests.notRun")}</Status>
                ) : (
                  <Status tone={result.has_passed ? "ok" : "fail"}>
                    {t(result.has_passed ? "tests.passed" : "tests.failed")}
                  </Status>
                )}
              </span>
              <span>
                {name}
                {!props.isReadOnly && (
                  <Button
                    type="text"
                    size="small"
                    icon={<DeleteOutlined />}
                    aria-label={t("tests.remove", { name })}
                    onClick={() => props.onChange(tests.filter((each) => each.name !== name))}
                  />
                )}
                {result?.mismatches.map((each) => (
                  <div key={`${each.turn}/${each.what}`} className="small">
                    {t("tests.mismatch", { turn: each.turn, what: t(`tests.what.${each.what}`) })}
                    <div>
                      {t("tests.expected")} <code>{JSON.stringify(each.expected)}</code>
                    </div>
                    <div>
                      {t("tests.found")} <code>{JSON.stringify(each.found)}</code>
                    </div>
                  </div>
                ))}
              </span>
            </li>
          );
        })}
      </ul>
      {report !== undefined && <Walked report={report} />}
    </div>
  );
}

function SaveTest(props: {
  flow: FlowDocument;
  settings: PlaySettings;
  moves: readonly Move[];
  tests: readonly { name: string }[];
  onChange: (tests: readonly unknown[]) => void;
}) {
  const { t } = useTranslation("canvas");
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState("");
  const save = useAct({
    act: (wanted: string) =>
      answerOf(
        api.POST("/api/v1/flows/play/test", {
          body: { ...playBody(props.flow, props.settings, props.moves), name: wanted },
        }),
      ),
    topics: [],
    onDone: (test, wanted) => {
      props.onChange([...props.tests.filter((each) => each.name !== wanted), test]);
      setIsOpen(false);
      setName("");
    },
  });
  const submit = () => name.trim() !== "" && save.mutate(name.trim());
  return (
    <Popover
      trigger="click"
      open={isOpen}
      onOpenChange={setIsOpen}
      title={t("tests.saveTitle")}
      content={
        <div style={{ width: 260, display: "grid", gap: 8 }}>
          <Input
            aria-label={t("tests.name")}
            placeholder={t("tests.name")}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={submit}
          />
          <Button type="primary" size="small" disabled={name.trim() === ""} loading={save.isPending} onClick={submit}>
            {t("tests.keep")}
          </Button>
        </div>
      }
    >
      <Button size="small" icon={<SaveOutlined />}>
        {t("tests.save")}
      </Button>
    </Popover>
  );
}

function Walked({ report }: { report: Report }) {
  const { t } = useTranslation("canvas");
  const { coverage } = report;
  const missed = coverage.exits.filter((each) => !each.is_walked);
  return (
    <section aria-label={t("tests.coverage")}>
      <p className="small">
        {t("tests.walked", {
          nodes: coverage.walked_node_count,
          allNodes: coverage.node_count,
          exits: coverage.walked_exit_count,
          allExits: coverage.exit_count,
        })}
      </p>
      {missed.length > 0 && (
        <p className="small soft">
          {t("tests.missed")} {missed.map((each) => `${each.node_id}:${each.exit}`).join(", ")}
        </p>
      )}
    </section>
  );
}

/** The nodes and ways that some test walks. */
function litBy(report: Report): Lit {
  const { coverage } = report;
  const unwalked = new Set(coverage.unwalked_node_ids);
  const walked = coverage.exits.filter((each) => each.is_walked);
  return {
    nodes: new Set(report.results.flatMap((each) => each.path).filter((id) => !unwalked.has(id))),
    ways: new Set(walked.map((each) => wayId(each.node_id, each.exit === "jump" ? JUMP : each.exit))),
    here: undefined,
  };
}
