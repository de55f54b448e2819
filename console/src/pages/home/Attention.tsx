// What needs a person: each line says what it is, what to do, and leads there.

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { Status } from "../../parts/Status";
import { Ago } from "../../parts/Times";
import { useReason } from "../campaigns/words";
import type { Attention } from "./queries";

/** Where a line leads; undefined when there is no page for it. */
function Target({ line, children }: { line: Attention; children: ReactNode }) {
  const id = line.subject_id ?? 0;
  const mayManage = useMay("manage_settings");
  switch (line.noun) {
    case "campaign":
      return (
        <Link
          to="/campaigns/$campaignId"
          params={{ campaignId: id }}
          search={line.code === "campaign_suspended" ? { tab: "failures" } : {}}
        >
          {children}
        </Link>
      );
    case "template":
      return (
        <Link to="/templates/$templateId" params={{ templateId: id }}>
          {children}
        </Link>
      );
    case "sender":
      return <Link to="/senders">{children}</Link>;
    case "import":
      return (
        <Link to="/audience/imports/$importId" params={{ importId: id }}>
          {children}
        </Link>
      );
    case "conversation":
      return (
        <Link to="/conversations" search={{}}>
          {children}
        </Link>
      );
    case "installation":
      return mayManage ? <Link to="/settings/system">{children}</Link> : <strong>{children}</strong>;
    default:
      return <strong>{children}</strong>;
  }
}

export function AttentionList({ lines }: { lines: readonly Attention[] }) {
  const { t } = useTranslation("home");
  const inWords = useReason();
  if (lines.length === 0) return <p className="soft">{t("attentionNone")}</p>;
  return (
    <ul className="rows">
      {lines.map((line) => {
        const detail = line.detail === null ? "" : inWords(line.detail, line.detail_in_words);
        const names = { name: line.subject_name, count: line.count, detail };
        return (
          <li key={`${line.code} ${line.subject_id}`}>
            <span className="beside">
              <Status tone={line.is_grave ? "fail" : "hold"} />
              <Target line={line}>{t(`kinds.${line.code}`, names)}</Target>
              {line.since_at !== null && (
                <span className="soft small">
                  <Ago at={line.since_at} />
                </span>
              )}
            </span>
            <span className="soft small">
              {detail !== "" && !line.code.endsWith("quality") && line.code !== "template_stopped" && `${detail}. `}
              {t(`whatToDo.${line.code}`)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
