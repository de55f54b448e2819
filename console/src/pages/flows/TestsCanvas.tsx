// The draft with what its tests walk; what no test reaches says so.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { litByTest, litByTests, type Report } from "../../canvas/coverage";
import { documentOf } from "../../canvas/document";
import { FlowCanvas } from "../../canvas/FlowCanvas";
import { arranged } from "../../canvas/layout";
import type { Mark } from "../../canvas/NodeCard";
import { useCentred } from "../../canvas/useCentred";
import type { Flow } from "./queries";

export function TestsCanvas(props: {
  flow: Flow;
  report: Report | undefined;
  test: string | undefined;
  chosen: string | undefined;
}) {
  const { t } = useTranslation("flows");
  const { report, test, chosen } = props;
  const flow = useMemo(() => arranged(documentOf(props.flow.draft)), [props.flow.draft]);
  const lit = useMemo(() => {
    const result = report?.results.find((each) => each.name === test);
    if (result !== undefined) return litByTest(result);
    return report === undefined ? undefined : litByTests(report);
  }, [report, test]);
  const marks = useMemo(() => {
    const unwalked: Mark = { tone: "hold", words: t("tests.unwalked") };
    return new Map(report?.coverage.unwalked_node_ids.map((id) => [id, unwalked]));
  }, [report, t]);
  const selection = useMemo(() => new Set(chosen === undefined ? [] : [chosen]), [chosen]);
  const onReady = useCentred(flow, chosen);
  return (
    <div className="overlay-canvas">
      <FlowCanvas
        flow={flow}
        label={t("tests.canvas", { name: flow.name })}
        isReadOnly
        lit={lit}
        marks={marks}
        selection={selection}
        onReady={onReady}
      />
    </div>
  );
}
