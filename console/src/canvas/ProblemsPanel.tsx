// Everything that the check found; each entry leads to its node.

import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import "./kinds.css";
import { Status } from "../parts/Status";
import type { FlowProblem } from "./problems";

export function ProblemList(props: {
  problems: readonly FlowProblem[];
  onOpen: (nodeId: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const sorted = props.problems.toSorted((one, other) => one.severity.localeCompare(other.severity));
  return (
    <ul style={{ padding: 0, margin: 0, listStyle: "none" }}>
      {sorted.map((each) => (
        <li key={each.where + each.code + each.message}>
          <button
            type="button"
            className="problem"
            onClick={() => each.node_id !== null && props.onOpen(each.node_id)}
          >
            <Status tone={each.severity === "error" ? "fail" : "hold"}>
              {t(`problems.words.${each.severity}`)}
            </Status>
            <span>
              {each.node_id !== null && <strong>{each.node_id}: </strong>}
              {each.message}
            </span>
            <span className="fix">{each.fix}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function ProblemsPanel(props: {
  problems: readonly FlowProblem[];
  isKnown: boolean;
  onOpen: (nodeId: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const [isOpen, setIsOpen] = useState(false);
  const errors = props.problems.filter((each) => each.severity === "error").length;
  const warnings = props.problems.length - errors;
  return (
    <section className="editor-problems" aria-label={t("problems.title")} tabIndex={isOpen ? 0 : -1}>
      <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {isOpen ? <DownOutlined /> : <UpOutlined />}
        {t("problems.title")}
        {errors > 0 && <Status tone="fail">{t("problems.error", { count: errors })}</Status>}
        {warnings > 0 && <Status tone="hold">{t("problems.warning", { count: warnings })}</Status>}
        {props.problems.length === 0 && props.isKnown && <Status tone="ok">{t("problems.none")}</Status>}
      </button>
      {isOpen && <ProblemList {...props} />}
    </section>
  );
}
