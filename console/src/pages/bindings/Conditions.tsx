// The conditions of a trigger in words: which messages begin a flow.

import { useTranslation } from "react-i18next";
import { isRecord, listOf, textOf } from "../../canvas/document";

export function ConditionsInWords({ conditions, lit }: { conditions: readonly unknown[]; lit?: readonly number[] }) {
  const { t } = useTranslation("bindings");
  if (conditions.length === 0) return <span>{t("words.any")}</span>;
  return (
    <ul className="plain-list">
      {conditions.map((each, index) => (
        // The conditions keep their order.
        <li key={index} className={lit?.includes(index) ? "tone-ok" : undefined}>
          <ConditionInWords condition={each} />
        </li>
      ))}
    </ul>
  );
}

function words(value: unknown): string {
  return listOf(value).map(textOf).join(", ");
}

function ConditionInWords({ condition }: { condition: unknown }) {
  const { t } = useTranslation("bindings");
  const given = isRecord(condition) ? condition : {};
  switch (given.kind) {
    case "keyword":
      return (
        <>
          {t(given.match === "contains" ? "words.contains" : "words.equals")} <q>{words(given.words)}</q>
        </>
      );
    case "pattern":
      return (
        <>
          {t("words.pattern")} <code>{textOf(given.pattern)}</code>
        </>
      );
    case "referral":
      return listOf(given.sources).length === 0 ? (
        t("words.anyReferral")
      ) : (
        <>
          {t("words.referral")} <code>{words(given.sources)}</code>
        </>
      );
    case "media":
      return t("words.media");
    default:
      return <code>{JSON.stringify(condition)}</code>;
  }
}
