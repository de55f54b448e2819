// A message is tried before anybody sends it: which flow of a sender it begins, and which let it pass.

import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { useSettled } from "../../canvas/problems";
import { Failure } from "../../parts/Failure";
import { Status } from "../../parts/Status";
import type { Sender } from "../senders/queries";
import { ConditionsInWords } from "./Conditions";
import { type BindingTries, triesQuery } from "./queries";

const PAUSE_MILLISECONDS = 300;

export function TryBox({ senders, senderId }: { senders: readonly Sender[]; senderId: number | undefined }) {
  const { t } = useTranslation("bindings");
  const [chosen, setChosen] = useState(senderId);
  const [text, setText] = useState("");
  const asked = chosen ?? senderId ?? senders[0]?.id;
  const settled = useSettled(text.trim(), PAUSE_MILLISECONDS);
  const { data, error, refetch } = useQuery(triesQuery(asked, settled));
  return (
    <section className="panel binding-try" aria-label={t("try.title")}>
      <h2>{t("try.title")}</h2>
      <p className="soft">{t("try.text")}</p>
      <div className="row">
        <Select
          aria-label={t("try.sender")}
          value={asked}
          options={senders.map((each) => ({ value: each.id, label: each.name }))}
          style={{ minWidth: 160 }}
          onChange={setChosen}
        />
        <Input
          aria-label={t("try.message")}
          placeholder={t("try.message")}
          value={text}
          maxLength={4096}
          allowClear
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {error !== null && <Failure problem={asProblem(error)} onRetry={() => void refetch()} />}
      {settled !== "" && data !== undefined && <Told text={settled} answer={data} />}
    </section>
  );
}

function Told({ text, answer }: { text: string; answer: BindingTries }) {
  const { t } = useTranslation("bindings");
  const begun = answer.tries.find((each) => each.would_begin)?.binding.flow_name;
  return (
    <div role="status">
      <p className="binding-verdict">
        {answer.is_opt_out ? (
          <Status tone="hold">{t("try.optOut", { text })}</Status>
        ) : (
          <Status tone={begun === undefined ? "mute" : "ok"}>
            {begun === undefined ? t("try.none") : t("try.begins", { flow: begun })}
          </Status>
        )}
      </p>
      <ol className="binding-tries">
        {answer.tries.map(({ binding, is_fitting, would_begin, condition_indexes }) => (
          <li key={binding.id}>
            <span className="row">
              <strong>{binding.flow_name}</strong>
              <Status tone={would_begin ? "ok" : is_fitting ? "hold" : "mute"}>
                {t(verdictOf(is_fitting, would_begin, binding.is_published))}
              </Status>
            </span>
            <div className="small soft">
              <ConditionsInWords conditions={binding.conditions} lit={condition_indexes} />
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

function verdictOf(isFitting: boolean, wouldBegin: boolean, isPublished: boolean): string {
  if (wouldBegin) return "try.verdict.begins";
  if (!isFitting) return "try.verdict.passes";
  return isPublished ? "try.verdict.later" : "try.verdict.unpublished";
}
