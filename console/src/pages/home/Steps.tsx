// The first three steps, for a workspace that has nothing yet.

import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Status } from "../../parts/Status";
import type { HomeAnswer } from "./queries";

export function Steps({ home }: { home: HomeAnswer }) {
  const { t } = useTranslation("home");
  const steps = [
    { name: "sender", to: "/senders", isDone: home.has_sender },
    { name: "audience", to: "/audience/imports/new", isDone: home.has_contact },
    { name: "campaign", to: "/campaigns", isDone: home.has_campaign },
  ] as const;
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <section className="panel">
      <h2>{t("empty.title")}</h2>
      <p className="soft">{t("empty.text")}</p>
      <ol className="steps-list">
        {steps.map((step) => (
          <li key={step.name}>
            <strong>{t(`empty.${step.name}`)}</strong>
            <span className="soft">{t(`empty.${step.name}Text`)}</span>
            <span>
              {step.isDone ? (
                <Status tone="ok">{t("empty.done")}</Status>
              ) : (
                <Link to={step.to} search={{}}>
                  <Button type={step === next ? "primary" : "default"}>{t("empty.go")}</Button>
                </Link>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
