// Branch by conditions: branches from the top, each with rules joined by "all" or "any".

import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Checkbox, Input, Segmented, Select } from "antd";
import { use } from "react";
import { useTranslation } from "react-i18next";
import { type Config, isRecord, listOf, textOf } from "../document";
import { Frame } from "./Field";
import { type FormProps, withEntry, withField } from "./forms";

const OPERATORS = [
  "stringEquals",
  "stringContains",
  "stringStartsWith",
  "stringIsBlank",
  "stringIsNotBlank",
  "inList",
  "listContains",
  "stringEntireMatchesRegex",
  "stringAnyMatchesRegex",
  "numberEquals",
  "numberGreaterThan",
  "numberGreaterOrEqual",
  "numberLessThan",
  "numberLessOrEqual",
  "dateEquals",
  "dateGreaterThan",
  "dateLessThan",
] as const;
const WITHOUT_VALUE = new Set<string>(["stringIsBlank", "stringIsNotBlank"]);
const NEW_RULE: Config = { variable: "reply.text", operator: "stringEquals", value: "" };
const DEEPEST = 5;

export function BranchForm({ config, onChange }: FormProps) {
  const { t } = useTranslation("canvas");
  const { isReadOnly, problemsAt } = use(Frame);
  const branches = listOf(config.branches).filter(isRecord);
  const set = (changed: readonly Config[], field: string, exits?: Record<string, string>) =>
    onChange({ ...config, branches: changed }, field, exits);

  function moveUp(index: number): void {
    const moved = [...branches];
    const [one] = moved.splice(index, 1);
    if (one !== undefined) moved.splice(index - 1, 0, one);
    set(moved, "order");
  }

  return (
    <>
      <p className="soft small">{t("branch.help")}</p>
      {branches.map((branch, index) => (
        // A branch is known by its place; its exit's name changes while it is typed.
        <fieldset key={index} className="group">
          <legend>{t("branch.number", { number: index + 1 })}</legend>
          <div className="row">
            <Input
              aria-label={t("branch.exit", { number: index + 1 })}
              placeholder={t("branch.exitShort")}
              value={textOf(branch.exit)}
              disabled={isReadOnly}
              onChange={(event) =>
                set(
                  withEntry(branches, index, { ...branch, exit: event.target.value }),
                  `exit.${index}`,
                  { [textOf(branch.exit)]: event.target.value },
                )
              }
            />
            <Button
              type="text"
              icon={<ArrowUpOutlined />}
              aria-label={t("branch.up", { number: index + 1 })}
              disabled={isReadOnly || index === 0}
              onClick={() => moveUp(index)}
            />
            <Button
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t("branch.remove", { number: index + 1 })}
              disabled={isReadOnly || branches.length === 1}
              onClick={() => set(withEntry(branches, index, undefined), "branches")}
            />
          </div>
          <GroupFields
            group={branch}
            depth={1}
            onChange={(changed, field) =>
              set(withEntry(branches, index, changed), `${index}.${field}`)
            }
          />
          {problemsAt(`branches.${index}`).map((each) => (
            <div key={each.where} className={`small tone-${each.severity === "error" ? "fail" : "hold"}`}>
              {each.message} {each.fix}
            </div>
          ))}
        </fieldset>
      ))}
      {!isReadOnly && (
        <Button
          icon={<PlusOutlined />}
          onClick={() =>
            set(
              [...branches, { exit: `way_${branches.length + 1}`, match: "all", rules: [NEW_RULE] }],
              "add",
            )
          }
        >
          {t("branch.add")}
        </Button>
      )}
    </>
  );
}

function GroupFields(props: {
  group: Config;
  depth: number;
  onChange: (group: Config, field: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { isReadOnly } = use(Frame);
  const { group, depth, onChange } = props;
  const rules = listOf(group.rules).filter(isRecord);
  const set = (changed: readonly Config[], field: string) =>
    onChange({ ...group, rules: changed }, field);
  return (
    <div className="rules">
      {rules.length > 1 && (
        <Segmented
          size="small"
          aria-label={t("branch.match")}
          value={group.match === "any" ? "any" : "all"}
          disabled={isReadOnly}
          options={["all", "any"].map((value) => ({ value, label: t(`branch.${value}`) }))}
          onChange={(match) => onChange({ ...group, match }, "match")}
        />
      )}
      {rules.map((rule, index) =>
        Array.isArray(rule.rules) ? (
          // Rules and groups are known by their places.
          <div key={index} className="rule-group">
            <GroupFields
              group={rule}
              depth={depth + 1}
              onChange={(changed, field) =>
                set(withEntry(rules, index, changed), `${index}.${field}`)
              }
            />
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              disabled={isReadOnly || rules.length === 1}
              onClick={() => set(withEntry(rules, index, undefined), "rules")}
            >
              {t("branch.removeGroup")}
            </Button>
          </div>
        ) : (
          <RuleFields
            key={index}
            rule={rule}
            number={index + 1}
            isOnly={rules.length === 1}
            onChange={(changed, field) => set(withEntry(rules, index, changed), `${index}.${field}`)}
          />
        ),
      )}
      {!isReadOnly && (
        <div className="row">
          <Button size="small" icon={<PlusOutlined />} onClick={() => set([...rules, NEW_RULE], "addRule")}>
            {t("branch.addRule")}
          </Button>
          {depth < DEEPEST && (
            <Button
              size="small"
              type="text"
              onClick={() => set([...rules, { match: "any", rules: [NEW_RULE] }], "addGroup")}
            >
              {t("branch.addGroup")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function RuleFields(props: {
  rule: Config;
  number: number;
  isOnly: boolean;
  onChange: (rule: Config | undefined, field: string) => void;
}) {
  const { t } = useTranslation("canvas");
  const { isReadOnly, variables } = use(Frame);
  const { rule, number, onChange } = props;
  const operator = textOf(rule.operator);
  return (
    <div className="rule">
      <AutoComplete
        aria-label={t("branch.variable", { number })}
        placeholder={t("branch.variableShort")}
        value={textOf(rule.variable)}
        disabled={isReadOnly}
        options={variables.map((value) => ({ value }))}
        showSearch={{ filterOption: (typed, option) => (option?.value ?? "").includes(typed) }}
        onChange={(variable: string) => onChange({ ...rule, variable }, "variable")}
      />
      <Select
        aria-label={t("branch.operator", { number })}
        value={operator}
        disabled={isReadOnly}
        popupMatchSelectWidth={false}
        options={OPERATORS.map((value) => ({ value, label: t(`operators.${value}`) }))}
        onChange={(value) => {
          const changed = { ...rule, operator: value };
          onChange(WITHOUT_VALUE.has(value) ? withField(changed, "value", undefined) : changed, "operator");
        }}
      />
      {!WITHOUT_VALUE.has(operator) && (
        <Input
          aria-label={t("branch.value", { number })}
          placeholder={t("branch.valueShort")}
          value={textOf(rule.value)}
          disabled={isReadOnly}
          onChange={(event) => onChange({ ...rule, value: event.target.value }, "value")}
        />
      )}
      <div className="row">
        <Checkbox
          checked={rule.is_negated === true}
          disabled={isReadOnly}
          onChange={(event) => onChange(withField(rule, "is_negated", event.target.checked || undefined), "not")}
        >
          {t("branch.not")}
        </Checkbox>
        <Checkbox
          checked={rule.is_case_insensitive === true}
          disabled={isReadOnly}
          onChange={(event) =>
            onChange(withField(rule, "is_case_insensitive", event.target.checked || undefined), "case")
          }
        >
          {t("branch.anyCase")}
        </Checkbox>
        <Button
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          aria-label={t("branch.removeRule", { number })}
          disabled={isReadOnly || props.isOnly}
          onClick={() => onChange(undefined, "rules")}
        />
      </div>
    </div>
  );
}
