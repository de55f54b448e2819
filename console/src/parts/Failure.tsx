// What failed, whose fault it is in effect (can it be tried again?), and the next thing to do.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem";

export function Failure({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const { t, i18n } = useTranslation("parts");
  const { code, detail, next_step, request_id } = problem.answer;
  const known = `problems.${code.replace(".", "_")}`;
  return (
    <div className="state" role="alert">
      <h2>{i18n.exists(known, { ns: "parts" }) ? t(known) : problem.answer.title}</h2>
      <p>{detail}</p>
      {next_step !== "" && <p>{next_step}</p>}
      {onRetry !== undefined && <Button onClick={onRetry}>{t("retry")}</Button>}
      <p className="small">
        <code>{code}</code>
        {request_id !== "" && (
          <>
            {" · "}
            {t("requestId")} <code>{request_id}</code>
          </>
        )}
      </p>
    </div>
  );
}
