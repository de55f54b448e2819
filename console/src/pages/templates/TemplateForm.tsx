// Writing a template: a new one, one after the model of another, or another text of one that is there.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences, useScheme, type Scheme } from "../../app/preferences";
import { useMe } from "../../app/session";
import { useAct } from "../../parts/act";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/PageHead";
import { PhonePreview } from "../../parts/PhonePreview";
import { Status } from "../../parts/Status";
import { languageName } from "../../parts/places";
import { bubbleOfTemplate, placeholdersOf } from "../../parts/whatsapp";
import { sendersQuery } from "../senders/queries";
import { ButtonFields } from "./ButtonFields";
import { type Category, componentsOf, draftOf, EMPTY_DRAFT, formatOf, lintsOf, type Part, type TemplateDraft } from "./draft";
import { type Template, templateQuery } from "./queries";
import "./templates.css";

const LANGUAGES = ["en_US", "en_GB", "zh_CN", "zh_HK", "zh_TW", "es", "fr", "de", "pt_BR", "it", "nl", "id", "th", "vi", "ar", "he", "hi", "ja", "ko", "ru", "tr"];
const CATEGORIES: readonly Category[] = ["marketing", "utility"];
const LONGEST = { header: 60, body: 1024, footer: 60 } as const;
const PARTS: readonly Part[] = ["header", "body"];

function Samples(props: { draft: TemplateDraft; onChange: (draft: TemplateDraft) => void }) {
  const { t } = useTranslation("templates");
  const { draft } = props;
  const holes = PARTS.flatMap((part) => placeholdersOf(draft[part]).map((name) => ({ part, name })));
  if (holes.length === 0) return null;
  return (
    <fieldset className="plain">
      <legend className="section-title">{t("samples")}</legend>
      {holes.map(({ part, name }) => (
        <label key={`${part} ${name}`} className="sample">
          <code>{`{{${name}}}`}</code>
          <Input
            value={draft.samples[part][name] ?? ""}
            aria-label={t("sampleOf", { name })}
            onChange={(event) =>
              props.onChange({
                ...draft,
                samples: { ...draft.samples, [part]: { ...draft.samples[part], [name]: event.target.value } },
              })
            }
          />
        </label>
      ))}
    </fieldset>
  );
}

function Lints({ draft }: { draft: TemplateDraft }) {
  const { t } = useTranslation("templates");
  const lints = lintsOf(draft);
  return (
    <ul className="lints" aria-label={t("lintsTitle")}>
      {lints.map((lint) => (
        <li key={`${lint.code} ${lint.where} ${lint.values?.name ?? ""}`}>
          <Alert
            type={lint.isError ? "error" : "warning"}
            showIcon
            title={`${t(`parts.${lint.where}`)}: ${t(`lints.${lint.code}`, lint.values)}`}
          />
        </li>
      ))}
      {lints.length === 0 && (
        <li>
          <Status tone="ok">{t("noLints")}</Status>
        </li>
      )}
    </ul>
  );
}

function Form({ initial, edited }: { initial: TemplateDraft; edited?: Template }) {
  const { t } = useTranslation("templates");
  const { language } = usePreferences();
  const scheme = useScheme();
  const me = useMe();
  const navigate = useNavigate();
  const senders = useQuery(sendersQuery);
  const [draft, setDraft] = useState(initial);
  const [look, setLook] = useState<Scheme>(scheme);
  const [chosen, setChosen] = useState<number>();
  const ofAccounts = [
    ...new Map((senders.data?.items ?? []).map((sender) => [sender.account_key, sender])).values(),
  ];
  const senderId = chosen ?? ofAccounts[0]?.id;
  const change = (part: Partial<TemplateDraft>) => setDraft({ ...draft, ...part });
  const hasErrors = lintsOf(draft).some((lint) => lint.isError);
  const submit = useAct<void, Template>({
    topics: ["templates"],
    act: () =>
      edited === undefined
        ? answerOf(
            api.POST("/api/v1/templates", {
              body: {
                sender_id: senderId ?? 0,
                name: draft.name,
                language: draft.language,
                category: draft.category,
                parameter_format: formatOf(draft),
                components: componentsOf(draft),
              },
            }),
          )
        : answerOf(
            api.PATCH("/api/v1/templates/{template_id}", {
              params: { path: { template_id: edited.id } },
              body: { category: draft.category, components: componentsOf(draft) },
            }),
          ),
    done: t("handedIn"),
    onDone: (template) =>
      void navigate({ to: "/templates/$templateId", params: { templateId: template.id } }),
  });
  return (
    <div className="split">
      <section className="panel template-form">
        {ofAccounts.length > 1 && edited === undefined && (
          <label>
            <span>{t("fields.account")}</span>
            <Select
              value={senderId}
              onChange={setChosen}
              aria-label={t("fields.account")}
              options={ofAccounts.map(({ id, name, account_key }) => ({ value: id, label: `${name} (${account_key})` }))}
            />
          </label>
        )}
        <label>
          <span>{t("fields.name")}</span>
          <Input
            value={draft.name}
            disabled={edited !== undefined}
            maxLength={512}
            placeholder="spring_offer"
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <div className="beside">
          <Select
            value={draft.language}
            disabled={edited !== undefined}
            aria-label={t("fields.language")}
            showSearch={{ optionFilterProp: "label" }}
            style={{ minWidth: 220 }}
            options={[...new Set([draft.language, ...LANGUAGES])].map((value) => ({
              value,
              label: `${languageName(value, language)} (${value})`,
            }))}
            onChange={(value) => change({ language: value })}
          />
          <Segmented<Category>
            value={draft.category}
            aria-label={t("fields.category")}
            options={CATEGORIES.map((value) => ({ value, label: t(`categories.${value}`) }))}
            onChange={(category) => change({ category })}
          />
        </div>
        {(["header", "body", "footer"] as const).map((part) => (
          <label key={part}>
            <span>{t(`parts.${part}`)}</span>
            {part === "body" ? (
              <Input.TextArea
                value={draft.body}
                aria-label={t("parts.body")}
                autoSize={{ minRows: 5, maxRows: 16 }}
                count={{ show: true, max: LONGEST.body }}
                onChange={(event) => change({ body: event.target.value })}
              />
            ) : (
              <Input
                value={draft[part]}
                aria-label={t(`parts.${part}`)}
                count={{ show: true, max: LONGEST[part] }}
                onChange={(event) => change({ [part]: event.target.value })}
              />
            )}
          </label>
        ))}
        <p className="soft small">{t("placeholderHint", { one: "{{1}}", two: "{{2}}" })}</p>
        <ButtonFields buttons={draft.buttons} onChange={(buttons) => change({ buttons })} />
        <Samples draft={draft} onChange={setDraft} />
      </section>
      <div>
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
          <PhonePreview
            label={t("previewOf", { name: draft.name })}
            from={me.workspace_name}
            bubble={bubbleOfTemplate(componentsOf(draft), draft.samples)}
            time="10:00"
            look={look}
          />
        </section>
        <section className="panel">
          <h2>{t("lintsTitle")}</h2>
          <Lints draft={draft} />
          <Button
            type="primary"
            block
            disabled={hasErrors || senderId === undefined}
            loading={submit.isPending}
            onClick={() => submit.mutate()}
          >
            {t("handIn")}
          </Button>
          {edited !== undefined && <p className="soft small">{t("editHint")}</p>}
        </section>
      </div>
    </div>
  );
}

export function TemplateForm() {
  const { t } = useTranslation("templates");
  const { from, is_edit: isEdit } = useSearch({ from: "/shell/templates/new" });
  const model = useQuery({ ...templateQuery(from ?? 0), enabled: from !== undefined });
  const title = t(isEdit ? "editTitle" : "newTitle");
  const draft = model.data === undefined ? undefined : draftOf(model.data);
  return (
    <>
      <PageHead title={title} below={<Link to="/templates">{t("title")}</Link>} />
      {from === undefined && <Form initial={EMPTY_DRAFT} />}
      {from !== undefined && model.data === undefined && (
        model.error === null ? <Loading /> : <Failure problem={asProblem(model.error)} onRetry={() => void model.refetch()} />
      )}
      {model.data !== undefined && draft === undefined && (
        <div className="panel">
          <Empty title={t("notWritable")} text={t("notWritableText")} />
        </div>
      )}
      {model.data !== undefined && draft !== undefined && (
        <Form
          initial={isEdit ? draft : { ...draft, name: `${draft.name}_copy` }}
          edited={isEdit ? model.data : undefined}
        />
      )}
    </>
  );
}
