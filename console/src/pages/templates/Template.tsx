// One template: how it looks on a phone with any values, and what the provider says about it.

import { CopyOutlined, DeleteOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences, useScheme, type Scheme } from "../../app/preferences";
import { useMay, useMe } from "../../app/session";
import { useAct } from "../../parts/act";
import { useAsk } from "../../parts/ask";
import { Facts } from "../../parts/Facts";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { PhonePreview } from "../../parts/PhonePreview";
import { languageName } from "../../parts/places";
import { ZonedTime } from "../../parts/Times";
import { bubbleOfTemplate, placeholdersOf, samplesOf, type Values } from "../../parts/whatsapp";
import { sendersQuery } from "../senders/queries";
import { SyncButton } from "./List";
import { draftOf } from "./draft";
import { type Template, templateQuery, templatesNamedQuery } from "./queries";
import { TemplateStatus } from "./TemplateStatus";

const PARTS = ["header", "body"] as const;
type Part = (typeof PARTS)[number];

function textOfPart(template: Template, part: Part): string {
  const component = template.components.find(
    ({ type }) => String(type).toLowerCase() === part,
  );
  return typeof component?.text === "string" ? component.text : "";
}

function Preview({ template }: { template: Template }) {
  const { t } = useTranslation("templates");
  const { language } = usePreferences();
  const scheme = useScheme();
  const me = useMe();
  const senders = useQuery(sendersQuery);
  const [look, setLook] = useState<Scheme>(scheme);
  const [isRightToLeft, setIsRightToLeft] = useState(/^(ar|fa|he|ur)/.test(template.language));
  const samples = samplesOf(template.components);
  const [typed, setTyped] = useState<Record<Part, Values>>({ header: {}, body: {} });
  const values = {
    header: { ...samples.header, ...typed.header },
    body: { ...samples.body, ...typed.body },
  };
  const from = senders.data?.items.find((each) => each.account_key === template.account_key);
  const verifiedName = from?.health.verified_name;
  const holes = PARTS.flatMap((part) =>
    placeholdersOf(textOfPart(template, part)).map((name) => ({ part, name })),
  );
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("preview")}</h2>
        <Segmented<Scheme>
          size="small"
          value={look}
          onChange={setLook}
          options={(["light", "dark"] as const).map((value) => ({ value, label: t(`looks.${value}`) }))}
        />
      </div>
      <Checkbox checked={isRightToLeft} onChange={(event) => setIsRightToLeft(event.target.checked)}>
        {t("rightToLeft")}
      </Checkbox>
      <PhonePreview
        direction={isRightToLeft ? "rtl" : undefined}
        label={t("previewOf", { name: template.name })}
        from={typeof verifiedName === "string" ? verifiedName : me.workspace_name}
        bubble={bubbleOfTemplate(template.components, values)}
        time={new Intl.DateTimeFormat(language, { timeStyle: "short", hourCycle: "h23" }).format(
          new Date(2026, 0, 1, 10, 0),
        )}
        look={look}
      />
      {holes.length > 0 && (
        <>
          <h3 className="section-title" style={{ marginTop: 20 }}>
            {t("samples")}
          </h3>
          {holes.map(({ part, name }) => (
            <label key={`${part} ${name}`} className="sample">
              <code>{`{{${name}}}`}</code>
              <Input
                value={values[part][name] ?? ""}
                aria-label={t("sampleOf", { name })}
                onChange={(event) =>
                  setTyped({ ...typed, [part]: { ...typed[part], [name]: event.target.value } })
                }
              />
            </label>
          ))}
        </>
      )}
    </section>
  );
}

function Languages({ template }: { template: Template }) {
  const { t } = useTranslation("templates");
  const { language } = usePreferences();
  const named = useQuery(templatesNamedQuery(template.name));
  const others = (named.data?.items ?? []).filter(
    (each) => each.name === template.name && each.account_key === template.account_key,
  );
  if (others.length < 2) return null;
  return (
    <section className="panel">
      <h2>{t("languages")}</h2>
      <Facts
        rows={others.map((each) => [
          each.id === template.id ? (
            <strong key="this">{languageName(each.language, language)}</strong>
          ) : (
            <Link key="other" to="/templates/$templateId" params={{ templateId: each.id }}>
              {languageName(each.language, language)}
            </Link>
          ),
          <TemplateStatus key="status" status={each.sending_status} />,
        ])}
      />
    </section>
  );
}

function Detail({ template }: { template: Template }) {
  const { t } = useTranslation("templates");
  const { language } = usePreferences();
  return (
    <section className="panel">
      <h2>{t("facts")}</h2>
      {template.rejected_reason !== null && template.rejected_reason !== "NONE" && (
        <Alert
          type="error"
          showIcon
          style={{ marginBottom: 12 }}
          title={t("rejectedFor", { reason: template.rejected_reason })}
        />
      )}
      <Facts
        rows={[
          [t("fields.status"), <TemplateStatus key="status" status={template.sending_status} />],
          [t("fields.language"), languageName(template.language, language)],
          [
            t("fields.category"),
            t(`categories.${template.category}`, { defaultValue: template.category }),
          ],
          [t("fields.quality"), template.quality === "UNKNOWN" ? null : template.quality],
          [t("fields.parameters"), t(`formats.${template.parameter_format}`)],
          [t("fields.account"), <code key="account">{template.account_key}</code>],
          [t("fields.providerId"), <code key="id">{template.provider_id}</code>],
          [t("fields.synced"), <ZonedTime key="synced" at={template.synced_at} withSeconds />],
        ]}
      />
    </section>
  );
}

function Source({ template }: { template: Template }) {
  const { t } = useTranslation("templates");
  return (
    <details className="panel">
      <summary>{t("source")}</summary>
      <pre className="source" tabIndex={0}>
        {JSON.stringify(template.components, undefined, 2)}
      </pre>
    </details>
  );
}

export function TemplatePage() {
  const { t } = useTranslation("templates");
  const { templateId } = useParams({ from: "/shell/templates/$templateId" });
  const navigate = useNavigate();
  const mayManage = useMay("manage_senders");
  const ask = useAsk();
  const { language } = usePreferences();
  const template = useQuery(templateQuery(templateId));
  const remove = useAct({
    topics: ["templates"],
    act: () =>
      answerOf(
        api.DELETE("/api/v1/templates/{template_id}", {
          params: { path: { template_id: templateId } },
        }),
      ),
    onDone: () => void navigate({ to: "/templates" }),
  });
  if (template.data === undefined) {
    return template.error === null ? (
      <Loading />
    ) : (
      <Failure problem={asProblem(template.error)} onRetry={() => void template.refetch()} />
    );
  }
  const { name, account_key, status } = template.data;
  const isWritable = draftOf(template.data) !== undefined;
  return (
    <>
      <PageHead
        title={name}
        beside={<TemplateStatus status={template.data.sending_status} />}
        below={
          <>
            <Link to="/templates">{t("title")}</Link> ·{" "}
            {languageName(template.data.language, language)}
          </>
        }
        actions={
          mayManage && (
            <>
              <SyncButton accountKey={account_key} />
              {status !== "deleted" && (
                <>
                <Button
                  icon={<EditOutlined />}
                  disabled={!isWritable}
                  onClick={() => void navigate({ to: "/templates/new", search: { from: templateId, is_edit: true } })}
                >
                  {t("edit")}
                </Button>
                <Button
                  icon={<CopyOutlined />}
                  disabled={!isWritable}
                  onClick={() => void navigate({ to: "/templates/new", search: { from: templateId } })}
                >
                  {t("duplicate")}
                </Button>
                <Button
                  danger
                  icon={<DeleteOutlined />}
                  loading={remove.isPending}
                  onClick={() =>
                    ask({
                      title: t("deleteTitle", {
                        name,
                        language: languageName(template.data.language, language),
                      }),
                      text: t("deleteText"),
                      submit: t("delete"),
                      onYes: () => remove.mutateAsync(),
                    })
                  }
                >
                  {t("delete")}
                </Button>
                </>
              )}
            </>
          )
        }
      />
      <div className="split">
        <Preview key={templateId} template={template.data} />
        <div>
          <Detail template={template.data} />
          <Languages template={template.data} />
          <Source template={template.data} />
        </div>
      </div>
    </>
  );
}
