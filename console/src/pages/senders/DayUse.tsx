// How much of the limit of people in 24 hours is used, and who waits for it.

import { useTranslation } from "react-i18next";
import { usePreferences } from "../../app/preferences";
import { Bar } from "../../parts/Bar";
import { exactCount } from "../../parts/numbers";
import { ZonedTime } from "../../parts/Times";
import type { Sender } from "./queries";

const NEARLY_USED_UP = 0.9;

export function DayUse({ sender }: { sender: Sender }) {
  const { t } = useTranslation("senders");
  const { language } = usePreferences();
  const limit = sender.day_limit;
  if (limit === null) return <span className="soft">{t("day.noLimit")}</span>;
  const share = limit === 0 ? 1 : sender.day_used_count / limit;
  const words = t("day.used", {
    used: exactCount(sender.day_used_count, language),
    limit: exactCount(limit, language),
  });
  return (
    <div>
      <span>{words}</span>
      <Bar label={words} share={share} tone={share >= 1 ? "fail" : share >= NEARLY_USED_UP ? "hold" : "run"} />
      {sender.day_waiting_count > 0 && (
        <span className="small">
          {t("day.waiting", {
            count: sender.day_waiting_count,
            shown: exactCount(sender.day_waiting_count, language),
          })}
          {sender.next_place_at !== null && (
            <>
              {" "}
              {t("day.next")} <ZonedTime at={sender.next_place_at} isZoneShown />
            </>
          )}
        </span>
      )}
    </div>
  );
}
