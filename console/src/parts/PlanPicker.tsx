// Choosing an execution plan, with the next ten occurrences as one types.

import { useQuery } from "@tanstack/react-query";
import { Alert, Checkbox, Input, InputNumber, Select, Space, TimePicker } from "antd";
import dayjs from "dayjs";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { asProblem } from "../api/problem";
import { isComplete, LAST_DAY, type Plan, PLAN_KINDS, planOfKind, UNITS, WEEKDAYS } from "./plan";
import { Ago, ZonedTime } from "./Times";

const TYPING_MILLISECONDS = 300;
const DAYS_OF_MONTH = [...Array.from({ length: 31 }, (_, index) => index + 1), LAST_DAY];

interface Picking {
  value: Plan;
  onChange: (plan: Plan) => void;
}

export function PlanPicker({ value, onChange, id }: Partial<Picking> & { id?: string }) {
  const { t } = useTranslation("parts");
  if (value === undefined || onChange === undefined) return null;
  return (
    <Space wrap size={[8, 8]}>
      <Select
        id={id}
        value={value.kind}
        onChange={(kind) => onChange(planOfKind(kind, value))}
        options={PLAN_KINDS.map((kind) => ({ value: kind, label: t(`plan.kinds.${kind}`) }))}
        style={{ width: 170 }}
      />
      <PlanFields value={value} onChange={onChange} />
    </Space>
  );
}

function PlanFields({ value, onChange }: Picking) {
  const { t } = useTranslation("parts");
  const change = (fields: Partial<Plan>) => onChange({ ...value, ...fields });
  switch (value.kind) {
    case "daily":
      return <TimeOfDay value={value} onChange={onChange} />;
    case "every":
      return (
        <Space.Compact>
          <InputNumber
            min={1}
            max={10_000}
            precision={0}
            value={value.every}
            aria-label={t("plan.howMany")}
            onChange={(every) => change({ every: every ?? undefined })}
            style={{ width: 90 }}
          />
          <Select
            value={value.unit}
            aria-label={t("plan.unit")}
            onChange={(unit) => change({ unit })}
            options={UNITS.map((unit) => ({ value: unit, label: t(`plan.units.${unit}`) }))}
            style={{ width: 110 }}
          />
        </Space.Compact>
      );
    case "weekly":
      return (
        <>
          <Checkbox.Group
            value={value.weekdays ?? []}
            onChange={(weekdays) => change({ weekdays })}
            options={WEEKDAYS.map((day) => ({ value: day, label: t(`plan.weekdaysShort.${day}`) }))}
          />
          <TimeOfDay value={value} onChange={onChange} />
        </>
      );
    case "monthly":
      return (
        <>
          <Select
            mode="multiple"
            value={value.days}
            aria-label={t("plan.days")}
            onChange={(days) => change({ days })}
            options={DAYS_OF_MONTH.map((day) => ({
              value: day,
              label: day === LAST_DAY ? t("plan.lastDay") : String(day),
            }))}
            style={{ minWidth: 180 }}
          />
          <TimeOfDay value={value} onChange={onChange} />
        </>
      );
    case "cron":
      return (
        <Input
          value={value.expression}
          aria-label={t("plan.kinds.cron")}
          onChange={(event) => change({ expression: event.target.value })}
          style={{ width: 190, fontFamily: "monospace" }}
        />
      );
    default:
      return null;
  }
}

function TimeOfDay({ value, onChange }: Picking) {
  const { t } = useTranslation("parts");
  return (
    <TimePicker
      format="HH:mm"
      value={value.at === undefined ? null : dayjs(`2000-01-01T${value.at}`)}
      placeholder={t("plan.atStart")}
      aria-label={t("plan.at")}
      onChange={(at) => onChange({ ...value, at: at?.format("HH:mm") })}
      needConfirm={false}
      style={{ width: 150 }}
    />
  );
}

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), TYPING_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}

/** The next ten occurrences of a plan in a period of wall-clock times of the workspace. */
export function NextTicks(props: { plan: Plan; startAt?: string; endAt?: string }) {
  const { t } = useTranslation("parts");
  const asked = useSettled(JSON.stringify([props.plan, props.startAt, props.endAt]));
  const [plan, startAt, endAt] = JSON.parse(asked) as [Plan, string?, string?];
  const isAskable = isComplete(plan) && !!startAt && !!endAt && endAt > startAt;
  const { data, error } = useQuery({
    queryKey: ["ticks", asked],
    queryFn: () =>
      answerOf(
        api.POST("/api/v1/campaigns/preview-ticks", {
          body: { plan: { ...plan }, start_at: startAt ?? "", end_at: endAt ?? "" },
        }),
      ),
    enabled: isAskable,
    placeholderData: (before) => before,
    retry: false,
  });
  if (!isAskable) return <p className="soft small">{t("plan.choosePeriod")}</p>;
  if (error !== null) return <Alert type="error" showIcon title={asProblem(error).message} />;
  if (data === undefined) return <p className="soft small">{t("loading")}</p>;
  if (data.ticks.length === 0) return <Alert type="warning" showIcon title={t("plan.never")} />;
  return (
    <section aria-label={t("plan.next")} className="ticks" aria-live="polite">
      <div className="soft small">
        {t("plan.nextCount", { count: data.ticks.length })} ({data.zone})
      </div>
      <ol>
        {data.ticks.map((tick) => (
          <li key={tick}>
            <ZonedTime at={tick} zone={data.zone} /> <span className="soft small"><Ago at={tick} /></span>
          </li>
        ))}
      </ol>
    </section>
  );
}
