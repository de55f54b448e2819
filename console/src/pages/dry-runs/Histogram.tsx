// When messages leave, against how many the senders may send: drawn by hand, so that no chart
// library is loaded for it.

import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { durationInWords, inZone } from "../../parts/times";
import { exactCount } from "../../parts/numbers";
import type { Summary } from "./queries";

const WIDTH = 720;
const HEIGHT = 150;
const TOP = 14;

interface Bar {
  step: number;
  count: number;
}

/** The steps of all senders together; steps without any are not there. */
export function barsOf(summary: Summary): Bar[] {
  const counts = new Map<number, number>();
  for (const { step, send_count: count } of summary.histogram?.steps ?? []) {
    counts.set(step, (counts.get(step) ?? 0) + count);
  }
  return [...counts].map(([step, count]) => ({ step, count })).toSorted((one, two) => one.step - two.step);
}

export function Histogram({ summary, zone }: { summary: Summary; zone: string }) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const { histogram } = summary;
  if (histogram === null || summary.finish_at === null) return null;
  const bars = barsOf(summary);
  const stepCount = (bars.at(-1)?.step ?? 0) + 1;
  const limit = Math.round(
    summary.senders.reduce((sum, each) => sum + each.rate_per_second, 0) * histogram.step_seconds,
  );
  const highest = Math.max(...bars.map(({ count }) => count), 1);
  // A limit far above what is sent would press the bars into the ground.
  const isLimitNear = limit <= highest * 4;
  const scale = (HEIGHT - TOP) / Math.max(highest, isLimitNear ? limit : 0);
  const slot = WIDTH / Math.max(stepCount, 12);
  const first = new Date(histogram.first_at);
  const at = (step: number) => new Date(first.getTime() + step * histogram.step_seconds * 1000);
  const isLong = stepCount * histogram.step_seconds > 86_400;
  const clock = (when: Date) =>
    inZone(when, zone, language, {
      ...(isLong ? { dateStyle: "short" } : {}),
      timeStyle: histogram.step_seconds < 60 ? "medium" : "short",
    });
  const lines = bars.map(({ step, count }) => `${clock(at(step))}: ${exactCount(count, language)}`);
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("histogram.label", {
          step: durationInWords(histogram.step_seconds, language),
          highest: exactCount(highest, language),
        })}
      >
        {bars.map(({ step, count }, index) => (
          <rect
            key={step}
            x={step * slot + 0.5}
            width={Math.max(1, slot - 1)}
            y={HEIGHT - count * scale}
            height={Math.max(1, count * scale)}
            className="histogram-bar"
          >
            <title>{lines[index]}</title>
          </rect>
        ))}
        {isLimitNear && (
          <line
            x1="0"
            x2={WIDTH}
            y1={HEIGHT - limit * scale}
            y2={HEIGHT - limit * scale}
            className="histogram-limit"
          />
        )}
      </svg>
      <div className="histogram-foot soft small">
        <span>{clock(at(0))}</span>
        <span>
          {t("histogram.step", {
            step: durationInWords(histogram.step_seconds, language),
            highest: exactCount(highest, language),
            limit: exactCount(limit, language),
          })}
        </span>
        <span>{clock(at(Math.max(stepCount, 12)))}</span>
      </div>
    </figure>
  );
}
