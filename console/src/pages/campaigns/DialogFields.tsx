// The fields of the campaign dialog, in its order.

import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Form, Input, Select, Space } from "antd";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { useNow } from "../../parts/now";
import { codePointCount } from "../../parts/numbers";
import { isComplete, type Plan } from "../../parts/plan";
import { NextTicks, PlanPicker } from "../../parts/PlanPicker";
import { DESCRIPTION_LIMIT, type Draft, NAME_LIMIT, wallClock } from "./draft";
import type { FlowInput } from "./flow";
import { groupsQuery, startableFlowsQuery } from "./queries";

const WALL = "YYYY-MM-DDTHH:mm:ss";

function counted(limit: number) {
  return { show: true, max: limit, strategy: codePointCount };
}

export function TextFields() {
  const { t } = useTranslation("campaigns");
  const short = (limit: number) => ({
    validator: (_: unknown, text: string | undefined) => {
      const count = codePointCount((text ?? "").trim());
      return count <= limit
        ? Promise.resolve()
        : Promise.reject(new Error(t("rules.tooLong", { limit, count })));
    },
  });
  return (
    <>
      <Form.Item
        name="name"
        label={t("fields.name")}
        rules={[
          { required: true, whitespace: true, message: t("rules.required") },
          short(NAME_LIMIT),
        ]}
      >
        <Input autoFocus count={counted(NAME_LIMIT)} />
      </Form.Item>
      <Form.Item
        name="description"
        label={t("fields.description")}
        rules={[short(DESCRIPTION_LIMIT)]}
      >
        <Input.TextArea autoSize count={counted(DESCRIPTION_LIMIT)} />
      </Form.Item>
    </>
  );
}

export function WhatFields({ onPreview }: { onPreview: () => void }) {
  const { t } = useTranslation("campaigns");
  const { data } = useQuery(startableFlowsQuery);
  const flowId = Form.useWatch<number | undefined>("flow_id");
  return (
    <Form.Item
      label={t("fields.flow")}
      htmlFor="flow_id"
      required
      extra={data?.items.length === 0 ? t("dialog.noFlow") : t("dialog.flowHint")}
    >
      <Space.Compact block>
        <Form.Item
          name="flow_id"
          noStyle
          rules={[{ required: true, message: t("rules.required") }]}
        >
          <Select
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("dialog.choose")}
            loading={data === undefined}
            options={data?.items.map((flow) => ({ value: flow.id, label: flow.name }))}
          />
        </Form.Item>
        <Button disabled={flowId === undefined} onClick={onPreview}>
          {t("dialog.preview")}
        </Button>
      </Space.Compact>
    </Form.Item>
  );
}

/** What the flow wants to be told at its start. */
export function InputFields({ inputs }: { inputs: readonly FlowInput[] }) {
  const { t } = useTranslation("campaigns");
  if (inputs.length === 0) return null;
  return (
    <fieldset className="fields">
      <legend>{t("dialog.inputs")}</legend>
      {inputs.map((input) => (
        <Form.Item
          key={input.name}
          name={["parameters", input.name]}
          label={input.name}
          rules={
            input.required && input.default === undefined
              ? [{ required: true, message: t("rules.required") }]
              : []
          }
        >
          <Input placeholder={input.default === undefined ? undefined : String(input.default)} />
        </Form.Item>
      ))}
    </fieldset>
  );
}

function useGroupChoices() {
  const { t } = useTranslation("campaigns");
  const { data } = useQuery(groupsQuery);
  const groups = data?.items ?? [];
  return {
    groups,
    options: groups.map((group) => ({
      value: group.id,
      label: `${group.name} · ${t("dialog.contacts", { count: group.contact_count })}`,
    })),
  };
}

export function AudienceFields() {
  const { t } = useTranslation("campaigns");
  const { groups, options } = useGroupChoices();
  const chosen = Form.useWatch<number[] | undefined>("include_group_ids") ?? [];
  // A contact may be in several groups: the sum is only certain for one.
  const only = chosen.length === 1 ? groups.find((group) => group.id === chosen[0]) : undefined;
  return (
    <Form.Item
      name="include_group_ids"
      label={t("fields.group")}
      rules={[{ required: true, type: "array", min: 1, message: t("rules.required") }]}
      extra={only && t("dialog.includeHint", { count: only.contact_count })}
    >
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("dialog.choose")}
        options={options}
      />
    </Form.Item>
  );
}

export function ExcludeField() {
  const { t } = useTranslation("campaigns");
  const { options } = useGroupChoices();
  return (
    <Form.Item name="exclude_group_ids" label={t("fields.exclude")}>
      <Select
        mode="multiple"
        showSearch={{ optionFilterProp: "label" }}
        placeholder={t("dialog.choose")}
        options={options}
      />
    </Form.Item>
  );
}

type Period = Draft["period"];

export function PlanFields(props: { zone: string; isStartFixed: boolean; before: Draft }) {
  const { zone, before } = props;
  const { t } = useTranslation("campaigns");
  const period = Form.useWatch<Period>("period") ?? before.period;
  const plan = Form.useWatch<Plan | undefined>("plan") ?? before.plan;
  const [start, end] = period ?? [null, null];

  function problemOf(value: Period): string | undefined {
    const [from, to] = value ?? [null, null];
    if (!from || !to) return t("rules.required");
    if (!to.isAfter(from)) return t("rules.endBeforeStart");
    // A start that stays as it was is not held against the clock.
    const isUnchanged = props.isStartFixed && before.period?.[0]?.isSame(from);
    if (!isUnchanged && !from.isAfter(wallClock(new Date(), zone))) return t("rules.startPast");
    return undefined;
  }

  return (
    <>
      <Form.Item
        name="period"
        label={t("fields.period")}
        required
        extra={t("dialog.periodHint", { zone })}
        rules={[
          {
            validator: (_, value: Period) => {
              const wrong = problemOf(value);
              return wrong === undefined ? Promise.resolve() : Promise.reject(new Error(wrong));
            },
          },
        ]}
      >
        <PeriodPicker zone={zone} />
      </Form.Item>
      <Form.Item
        name="plan"
        label={t("fields.plan")}
        rules={[
          {
            required: true,
            validator: (_, value: Plan) =>
              isComplete(value) ? Promise.resolve() : Promise.reject(new Error(t("rules.plan"))),
          },
        ]}
      >
        <PlanPicker />
      </Form.Item>
      <div style={{ margin: "-12px 0 16px" }}>
        <NextTicks plan={plan} startAt={start?.format(WALL)} endAt={end?.format(WALL)} />
      </div>
    </>
  );
}

/** Two pickers, not a range panel: each fits a narrow screen, and either can be set first. */
function PeriodPicker(props: {
  zone: string;
  id?: string;
  value?: Period;
  onChange?: (period: Period) => void;
}) {
  const { t } = useTranslation("campaigns");
  const [start, end] = props.value ?? [null, null];
  const today = wallClock(useNow(), props.zone).startOf("day");
  const common = {
    showTime: true,
    format: "YYYY-MM-DD HH:mm:ss",
    needConfirm: false,
    minDate: today,
    style: { width: 210 },
  } as const;
  return (
    <Space wrap>
      <DatePicker
        id={props.id}
        {...common}
        aria-label={t("fields.start")}
        placeholder={t("fields.start")}
        value={start}
        onChange={(at: Dayjs | null) => props.onChange?.([at, end])}
      />
      <span aria-hidden="true">–</span>
      <DatePicker
        {...common}
        aria-label={t("fields.end")}
        placeholder={t("fields.end")}
        value={end}
        onChange={(at: Dayjs | null) => props.onChange?.([start, at])}
      />
    </Space>
  );
}
