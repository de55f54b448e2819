// The tests of a flow: keep a play as one, run them, see what they walk.

import { PlayCircleOutlined, SaveOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { useAct } from "../../parts/act";
import { litByTests, type Report } from "../coverage";
import type { FlowDocument } from "../document";
import type { Lit } from "../FlowCanvas";
import { TestList, Walked } from "../TestList";
import { type Move, playBody, type PlaySettings, testsOf } from "../play";

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
      props.onLit(litByTests(answer));
    },
  });
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
      <TestList
        tests={tests}
        report={report}
        onRemove={
          props.isReadOnly ? undefined : (name) => props.onChange(tests.filter((each) => each.name !== name))
        }
      />
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
