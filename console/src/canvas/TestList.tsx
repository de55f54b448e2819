// The tests of a flow with how each went, and what they walk together.

import { DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Status } from "../parts/Status";
import type { Report } from "./coverage";

export function TestList(props: {
  tests: readonly { name: string }[];
  report: Report | undefined;
  onRemove?: (name: string) => void;
  /** The test whose way is shown; a click on a name chooses another. */
  chosen?: string;
  onChoose?: (name: string | undefined) => void;
}) {
  const { t } = useTranslation("canvas");
  const { chosen, onChoose, onRemove } = props;
  const results = new Map(props.report?.results.map((each) => [each.name, each]));
  return (
    <ul className="log">
      {props.tests.map(({ name }) => {
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
              {onChoose === undefined ? (
                name
              ) : (
                <button
                  type="button"
                  className="test-name"
                  aria-pressed={chosen === name}
                  onClick={() => onChoose(chosen === name ? undefined : name)}
                >
                  {name}
                </button>
              )}
              {onRemove !== undefined && (
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={t("tests.remove", { name })}
                  onClick={() => onRemove(name)}
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
  );
}

export function Walked({ report, onOpen }: { report: Report; onOpen?: (nodeId: string) => void }) {
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
      {missed.length > 0 && onOpen === undefined && (
        <p className="small soft">
          {t("tests.missed")} {missed.map((each) => `${each.node_id}:${each.exit}`).join(", ")}
        </p>
      )}
      {missed.length > 0 && onOpen !== undefined && (
        <>
          <p className="small soft">{t("tests.missed")}</p>
          <ul className="log">
            {missed.map((each) => (
              <li key={`${each.node_id}:${each.exit}`}>
                <button type="button" className="test-name" onClick={() => onOpen(each.node_id)}>
                  <code>{each.node_id}</code>
                </button>
                <code className="soft">{each.exit}</code>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
