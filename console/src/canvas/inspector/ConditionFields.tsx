// Which messages begin the flow, as a list of conditions; and a box to try a message on them.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Dropdown, Input, Select } from "antd";
import { use, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Status } from "../../parts/Status";
import { type Config, listOf, textOf, type Trigger } from "../document";
import { type FlowProblem, useSettled, within } from "../problems";
import { Frame } from "./Field";
import { withEntry } from "./forms";

const NEW: Readonly<Record<string, Config>> = {
  keyword: { kind: "keyword", words: [], match: "contains" },
  pattern: { kind: "pattern", pattern: "" },
  referral: { kind: "referral" },
  media: { kind: "media" },
};
const MOST_CONDITIONS = 20;
const PAUSE_MILLISECONDS = 350;

export function ConditionFields(props: {
  trigger: Trigger;
  problems: readonly FlowProblem[];
  onChange: (trigger: Trigger, field: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const { trigger } = props;
  const conditions = trigger.conditions ?? [];

  function set(changed: readonly Config[], field: string): void {
    props.onChange({ ...trigger, conditions: changed.length === 0 ? undefined : changed }, `conditions.${field}`);
  }

  return (
    <fieldset className="group">
      <legend>{t("conditions.title")}</legend>
      <p className="soft small">{conditions.length === 0 ? t("conditions.any") : t("conditions.oneFits")}</p>
      {conditions.map((condition, index) => (
        // The conditions keep their order.
        <div key={index} className="rule" role="group" aria-label={t("conditions.number", { number: index + 1 })}>
          <div className="row">
            <strong style={{ flex: 1 }}>
              {t(`conditions.kinds.${textOf(condition.kind)}`, { defaultValue: textOf(condition.kind) })}
            </strong>
            <Button
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              aria-label={t("conditions.remove", { number: index + 1 })}
              disabled={isReadOnly}
              onClick={() => set(withEntry(conditions, index, undefined), "remove")}
            />
          </div>
          <Fields
            condition={condition}
            isReadOnly={isReadOnly}
            onChange={(changed) => set(withEntry(conditions, index, changed), String(index))}
          />
          {within(props.problems, `trigger.conditions.${index}`).map((each) => (
            <div key={each.where + each.message} className="small tone-fail">
              {each.message} {each.fix}
            </div>
          ))}
        </div>
      ))}
      {!isReadOnly && conditions.length < MOST_CONDITIONS && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: Object.keys(NEW).map((kind) => ({ key: kind, label: t(`conditions.kinds.${kind}`) })),
            onClick: ({ key }) => set([...conditions, NEW[key] ?? {}], "add"),
          }}
        >
          <Button size="small" icon={<PlusOutlined />}>
            {t("conditions.add")}
          </Button>
        </Dropdown>
      )}
      <TryMessage trigger={trigger} />
    </fieldset>
  );
}

function Fields(props: { condition: Config; isReadOnly: boolean; onChange: (condition: Config) => void }) {
  const { t } = useTranslation("canvas");
  const { condition, isReadOnly, onChange } = props;
  switch (condition.kind) {
    case "keyword":
      return (
        <>
          <Select
            size="small"
            aria-label={t("conditions.match")}
            value={condition.match === "contains" ? "contains" : "equals"}
            disabled={isReadOnly}
            options={["contains", "equals"].map((value) => ({ value, label: t(`conditions.matches.${value}`) }))}
            onChange={(match) => onChange({ ...condition, match })}
          />
          <WordList
            label={t("conditions.words")}
            value={listOf(condition.words).map(textOf)}
            isReadOnly={isReadOnly}
            onChange={(words) => onChange({ ...condition, words })}
          />
        </>
      );
    case "pattern":
      return (
        <>
          <Input
            className="mono"
            aria-label={t("conditions.pattern")}
            placeholder="order #?\d+"
            maxLength={500}
            disabled={isReadOnly}
            value={textOf(condition.pattern)}
            onChange={(event) => onChange({ ...condition, pattern: event.target.value })}
          />
          <Checkbox
            checked={condition.is_case_insensitive !== false}
            disabled={isReadOnly}
            onChange={(event) => onChange({ ...condition, is_case_insensitive: event.target.checked })}
          >
            {t("conditions.anyCase")}
          </Checkbox>
        </>
      );
    case "referral":
      return (
        <WordList
          label={t("conditions.sources")}
          value={listOf(condition.sources).map(textOf)}
          isReadOnly={isReadOnly}
          onChange={(sources) => onChange({ ...condition, sources })}
        />
      );
    default:
      return null;
  }
}

function WordList(props: {
  label: string;
  value: readonly string[];
  isReadOnly: boolean;
  onChange: (words: string[]) => void;
}) {
  return (
    <Select
      mode="tags"
      open={false}
      suffixIcon={null}
      aria-label={props.label}
      placeholder={props.label}
      value={[...props.value]}
      disabled={props.isReadOnly}
      tokenSeparators={[",", "，", "\n"]}
      onChange={(words: string[]) => props.onChange(words.map((each) => each.trim()).filter(Boolean))}
    />
  );
}

function TryMessage({ trigger }: { trigger: Trigger }) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState("");
  const asked = useSettled({ trigger, text: text.trim() }, PAUSE_MILLISECONDS);
  const { data, error } = useQuery({
    queryKey: ["try-trigger", asked],
    queryFn: () =>
      answerOf(
        api.POST("/api/v1/flows/try-trigger", {
          body: { trigger: { ...asked.trigger }, message: { text: asked.text, kind: "text" } },
        }),
      ),
    enabled: asked.text !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="try-message">
      <Input
        size="small"
        allowClear
        aria-label={t("conditions.try")}
        placeholder={t("conditions.try")}
        maxLength={4096}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="small" role="status">
        {error !== null && <span className="tone-fail">{asProblem(error).answer.detail}</span>}
        {asked.text !== "" && data !== undefined && error === null && (
          <Status tone={data.is_opt_out ? "hold" : data.is_fitting ? "ok" : "mute"}>
            {data.is_opt_out
              ? t("conditions.optOut")
              : data.is_fitting
                ? t("conditions.fits")
                : t("conditions.fitsNot")}
          </Status>
        )}
      </div>
    </div>
  );
}
