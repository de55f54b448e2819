// Counts and shares.

import { Tooltip } from "antd";
import { usePreferences } from "../app/preferences";
import { exactCount, percent, shareOf, shortCount } from "./numbers";

export function Count({ value }: { value: number }) {
  const { language } = usePreferences();
  const short = shortCount(value, language);
  const exact = exactCount(value, language);
  if (short === exact) return <span className="number">{short}</span>;
  return (
    <Tooltip title={exact}>
      <span className="number">{short}</span>
    </Tooltip>
  );
}

/** A part of a whole in percent, with the count on hover; a dash when there is no whole. */
export function Share({ part, whole }: { part: number; whole: number }) {
  const { language } = usePreferences();
  const share = shareOf(part, whole);
  if (share === undefined) return <span className="soft">–</span>;
  const exact = `${exactCount(part, language)} / ${exactCount(whole, language)}`;
  return (
    <Tooltip title={exact}>
      <span className="number">{percent(share, language)}</span>
    </Tooltip>
  );
}
