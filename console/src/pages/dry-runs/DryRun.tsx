// A dry run: who would get what, when, and who would not and why.

import { ArrowLeftOutlined, ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { Bar } from "../../parts/Bar";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { exactCount } from "../../parts/numbers";
import { PageHead } from "../../parts/PageHead";
import { Ago, ZonedTime } from "../../parts/Times";
import { useReason } from "../campaigns/words";
import { Numbers } from "./Numbers";
import { OccurrenceChoice } from "./OccurrenceChoice";
import { DryRunPeople } from "./People";
import { PersonDrawer } from "./PersonDrawer";
import { type DryRun, dryRunQuery, type DryRunSearch, isUnderWay, useAskDryRun } from "./queries";
import "./dry-run.css";

/** A dry run wherever it is shown: on its own page, or over a form that is not saved yet. */
export function DryRunView(props: {
  dryRunId: number;
  search: DryRunSearch;
  onSearch: (search: DryRunSearch) => void;
}) {
  const { dryRunId, search, onSearch } = props;
  const { t } = useTranslation("dryRuns");
  const { data: dryRun, error, refetch } = useQuery(dryRunQuery(dryRunId));
  if (dryRun === undefined) {
    if (error === null) return <Loading rows={8} />;
    return <Failure problem={asProblem(error)} onRetry={() => void refetch()} />;
  }
  if (isUnderWay(dryRun)) return <UnderWay dryRun={dryRun} />;
  if (dryRun.summary === null) return <Failed dryRun={dryRun} />;
  return (
    <div className="dry-run">
      <p className="soft small">
        {t("nothingSent")} {t("about")}{" "}
        <ZonedTime at={dryRun.scheduled_at} zone={dryRun.zone} isZoneShown />
        {dryRun.finished_at !== null && (
          <>
            {" · "}
            {t("computed")} <Ago at={dryRun.finished_at} />
          </>
        )}
      </p>
      <Numbers dryRun={dryRun} summary={dryRun.summary} search={search} onFilter={onSearch} />
      <DryRunPeople dryRun={dryRun} search={search} onSearch={onSearch} />
      {search.person !== undefined && (
        <PersonDrawer
          dryRun={dryRun}
          contactId={search.person}
          onClose={() => onSearch({ ...search, person: undefined })}
        />
      )}
    </div>
  );
}

function UnderWay({ dryRun }: { dryRun: DryRun }) {
  const { t } = useTranslation("dryRuns");
  const { language } = usePreferences();
  const { done_count: done, audience_count: audience } = dryRun;
  return (
    <div className="panel" role="status">
      <p>
        {dryRun.status === "waiting"
          ? t("waiting")
          : t("running", { done: exactCount(done, language), audience: exactCount(audience, language) })}
      </p>
      <Bar label={t("progress")} share={audience > 0 ? done / audience : 0} />
    </div>
  );
}

function Failed({ dryRun }: { dryRun: DryRun }) {
  const { t } = useTranslation("dryRuns");
  const inWords = useReason();
  return (
    <div className="panel">
      <Empty
        title={t("failed")}
        text={dryRun.reason === null ? undefined : inWords(dryRun.reason.replace(".", "_"), dryRun.reason)}
      />
    </div>
  );
}

export function DryRunPage() {
  const { t } = useTranslation("dryRuns");
  const { dryRunId } = useParams({ from: "/shell/dry-runs/$dryRunId" });
  const search = useSearch({ from: "/shell/dry-runs/$dryRunId" });
  const navigate = useNavigate();
  const { data: dryRun } = useQuery(dryRunQuery(dryRunId));
  const campaignId = dryRun?.campaign_id ?? undefined;
  return (
    <>
      <div style={{ marginBottom: 8 }}>
        {campaignId === undefined ? (
          <Link to="/campaigns" search={{}}>
            <ArrowLeftOutlined /> {t("backToList")}
          </Link>
        ) : (
          <Link to="/campaigns/$campaignId" params={{ campaignId }} search={{}}>
            <ArrowLeftOutlined /> {dryRun?.campaign_name}
          </Link>
        )}
      </div>
      <PageHead
        title={dryRun === undefined ? t("title") : t("titleOf", { name: dryRun.campaign_name })}
        below={dryRun?.previous && <Compared dryRun={dryRun} />}
        actions={campaignId !== undefined && <Again campaignId={campaignId} dryRun={dryRun} />}
      />
      <DryRunView
        dryRunId={dryRunId}
        search={search}
        onSearch={(next) =>
          void navigate({
            to: "/dry-runs/$dryRunId",
            params: { dryRunId },
            search: next,
            replace: true,
          })
        }
      />
    </>
  );
}

function Compared({ dryRun }: { dryRun: DryRun }) {
  const { t } = useTranslation("dryRuns");
  if (dryRun.previous === null || dryRun.previous === undefined) return null;
  return (
    <>
      {t("compared")}{" "}
      <Link to="/dry-runs/$dryRunId" params={{ dryRunId: dryRun.previous.id }} search={{}}>
        <Ago at={dryRun.previous.created_at} />
      </Link>
    </>
  );
}

function Again({ campaignId, dryRun }: { campaignId: number; dryRun: DryRun | undefined }) {
  const { t } = useTranslation("dryRuns");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const ask = useAskDryRun();
  const mayTry = useMay("edit_campaigns");
  if (!mayTry || dryRun === undefined) return null;
  const again = (scheduledAt?: string) =>
    ask.mutate(
      { campaign_id: campaignId, scheduled_at: scheduledAt },
      {
        onSuccess: ({ id }) =>
          void navigate({ to: "/dry-runs/$dryRunId", params: { dryRunId: id }, search: {} }),
        onError: (error) => void message.error(asProblem(error).message),
      },
    );
  return (
    <>
      <OccurrenceChoice campaignId={campaignId} at={dryRun.scheduled_at} onChoose={again} />
      <Button
        icon={<ReloadOutlined />}
        loading={ask.isPending || isUnderWay(dryRun)}
        onClick={() => again(dryRun.scheduled_at)}
      >
        {t("again")}
      </Button>
    </>
  );
}
