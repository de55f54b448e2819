// What is shown when a page breaks, or when there is none at an address.

import { Link, useRouter } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { Failure } from "../parts/Failure";

export function Broken({ error, reset }: { error: unknown; reset?: () => void }) {
  const router = useRouter();
  return (
    <Failure
      problem={asProblem(error)}
      onRetry={() => {
        reset?.();
        void router.invalidate();
      }}
    />
  );
}

export function NotFound() {
  const { t } = useTranslation("shell");
  return (
    <div className="state">
      <h1>{t("notFound.title")}</h1>
      <p>{t("notFound.text")}</p>
      <Link to="/">
        <Button type="primary">{t("notFound.home")}</Button>
      </Link>
    </div>
  );
}
