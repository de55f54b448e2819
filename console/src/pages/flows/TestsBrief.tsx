// What the tests of a draft say, in a line; each that fails by its name and its first mismatch.

import { useTranslation } from "react-i18next";
import { Status } from "../../parts/Status";
import type { TestReport } from "./queries";

export function TestsBrief({ report }: { report: TestReport }) {
  const { t } = useTranslation("flows");
  if (report.results.length === 0) return <p className="soft small">{t("publish.noTests")}</p>;
  const failed = report.results.filter((each) => !each.has_passed);
  return (
    <section aria-label={t("publish.tests")}>
      <Status tone={failed.length === 0 ? "ok" : "fail"}>
        {failed.length === 0
          ? t("publish.allPass", { count: report.results.length })
          : t("publish.someFail", { count: failed.length, all: report.results.length })}
      </Status>
      <ul className="failed-tests">
        {failed.map((each) => (
          <li key={each.name}>
            {each.name}
            {each.mismatches[0] !== undefined && (
              <div className="small soft">
                {t("canvas:tests.mismatch", {
                  turn: each.mismatches[0].turn,
                  what: t(`canvas:tests.what.${each.mismatches[0].what}`),
                })}{" "}
                {t("canvas:tests.expected")} <code>{JSON.stringify(each.mismatches[0].expected)}</code>{" "}
                {t("canvas:tests.found")} <code>{JSON.stringify(each.mismatches[0].found)}</code>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
