// Instants: near ones as a distance with the exact time on hover, planned ones exactly.

import { Tooltip } from "antd";
import { usePreferences } from "../app/preferences";
import { useMe } from "../app/session";
import { useNow } from "./now";
import { agoInWords, durationInWords, inZone } from "./times";

/** "3 minutes ago"; the exact time with its zone on hover. */
export function Ago({ at }: { at: string }) {
  const { language } = usePreferences();
  const { zone } = useMe();
  const when = new Date(at);
  return (
    <Tooltip title={`${inZone(when, zone, language)} (${zone})`}>
      <time dateTime={at} className="nowrap">
        {agoInWords(when, useNow(), language)}
      </time>
    </Tooltip>
  );
}

/** The exact time in the workspace's zone (or another), which is named where it matters. */
export function ZonedTime(props: { at: string; zone?: string; isZoneShown?: boolean; withSeconds?: boolean }) {
  const { language } = usePreferences();
  const me = useMe();
  const zone = props.zone ?? me.zone;
  const text = inZone(new Date(props.at), zone, language, {
    dateStyle: "medium",
    timeStyle: props.withSeconds ? "medium" : "short",
  });
  return (
    <time dateTime={props.at} className="number" title={zone}>
      {text}
      {props.isZoneShown && <span className="soft"> {zone}</span>}
    </time>
  );
}

export function Duration({ seconds }: { seconds: number }) {
  const { language } = usePreferences();
  return <span className="number nowrap">{durationInWords(seconds, language)}</span>;
}
