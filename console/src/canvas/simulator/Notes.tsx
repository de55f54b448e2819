// What happened in a play: events, variables, what would be written, and the tests of the flow.

import { Tabs } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "../document";
import { EventLog, VariableList } from "../EventLog";
import type { Play } from "../play";

export function Notes(props: { play: Play; tests: ReactNode; testCount: number; onOpen: (nodeId: string) => void }) {
  const { t } = useTranslation("canvas");
  const { play } = props;
  const warnings = play.events.filter((each) => each.event === "warning" || each.event === "session_failed");
  return (
    <div className="simulator-notes" tabIndex={0} role="region" aria-label={t("phone.notes")}>
      <Tabs
        size="small"
        tabBarGutter={10}
        items={[
          {
            key: "events",
            label: t("phone.events", { count: play.events.length }),
            children: <EventLog events={play.events} onOpen={props.onOpen} />,
          },
          {
            key: "variables",
            label: t("phone.variables"),
            children: <VariableList variables={play.variables} />,
          },
          {
            key: "effects",
            label: t("phone.effects", { count: play.effects.length }),
            children: (
              <ul className="log">
                {play.effects.length === 0 && <li className="soft">{t("phone.noEffects")}</li>}
                {play.effects.map((each, index) => (
                  // Effects are never put in another order.
                  <li key={index}>
                    <code>{each.node_id}</code>
                    <span>
                      {t(`phone.effect.${each.effect}`, { defaultValue: each.effect })}{" "}
                      <code className="soft">{JSON.stringify(each.details)}</code>
                    </span>
                  </li>
                ))}
              </ul>
            ),
          },
          { key: "tests", label: t("tests.tab", { count: props.testCount }), children: props.tests },
        ]}
      />
      {warnings.length > 0 && play.reason !== null && (
        <p className="small tone-fail" style={{ padding: "0 12px" }}>
          {textOf(warnings.at(-1)?.details.message)}
        </p>
      )}
    </div>
  );
}
