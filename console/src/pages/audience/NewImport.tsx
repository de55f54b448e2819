// Importing a file: choose it, see what its columns feed and correct that, say what happens to known
// contacts, and start.  The server looks at the head of the file by the rules of the import itself.

import { DownloadOutlined, InboxOutlined } from "@ant-design/icons";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Radio, Select, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api, type Schemas } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useAct, wordsOf } from "../../parts/act";
import { PageHead } from "../../parts/PageHead";
import { countryChoices } from "../../parts/places";
import { download, headOf, templateCsv } from "./files";
import { chosenGroupsOf, GroupPicker, valueOfGroup } from "./GroupPicker";
import { ATTRIBUTE_PREFIX, faultOf, FIELDS, mappingOf, SKIPPED, targetsOf } from "./mapping";

type Peek = Schemas["PeekAnswer"];
type Mode = Schemas["ImportOptionsAnswer"]["mode"];
const MODES: readonly Mode[] = ["overwrite", "ignore"];
const workspaceQuery = {
  queryKey: ["workspace"],
  queryFn: () => answerOf(api.GET("/api/v1/workspace")),
};

function formOf(parts: Record<string, string | Blob | undefined>, file: Blob, name: string): FormData {
  const form = new FormData();
  form.append("file", file, name);
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) form.append(key, value);
  return form;
}

async function peekAt(file: File): Promise<Peek> {
  const head = await headOf(file);
  return answerOf(
    api.POST("/api/v1/imports/peek", {
      body: {} as never,
      bodySerializer: () => formOf({}, head, file.name),
    }),
  );
}

function Columns(props: {
  peek: Peek;
  chosen: Record<string, string>;
  onChoose: (header: string, target: string) => void;
}) {
  const { t } = useTranslation("audience");
  const wordOf = (target: string): string => {
    if (target === SKIPPED) return t("mapping.skip");
    if (target.startsWith(ATTRIBUTE_PREFIX)) {
      return t("mapping.attribute", { name: target.slice(ATTRIBUTE_PREFIX.length) });
    }
    return t(`mapping.fields.${target}`);
  };
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t("mapping.title")}>
      <table className="mapping">
        <thead>
          <tr>
            <th scope="col">{t("mapping.column")}</th>
            <th scope="col">{t("mapping.feeds")}</th>
            <th scope="col">{t("mapping.samples")}</th>
          </tr>
        </thead>
        <tbody>
          {props.peek.columns.map((column, index) => (
            // A file may have two columns of one name; their places never change.
            <tr key={index}>
              <th scope="row">{column.header || <span className="soft">{t("mapping.nameless")}</span>}</th>
              <td>
                <Select
                  aria-label={t("mapping.feedsOf", { column: column.header })}
                  value={props.chosen[column.header] ?? column.target}
                  onChange={(target) => props.onChoose(column.header, target)}
                  disabled={column.header === ""}
                  style={{ width: 220 }}
                  options={targetsOf(column).map((target) => ({
                    value: target,
                    label: wordOf(target),
                  }))}
                />
              </td>
              <td className="soft samples">
                {props.peek.rows
                  .map((row) => row[index])
                  .filter((cell) => cell !== undefined && cell !== "")
                  .slice(0, 3)
                  .join(" · ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function NewImport() {
  const { t } = useTranslation("audience");
  const { language } = usePreferences();
  const { group_id } = useSearch({ from: "/shell/audience/imports/new" });
  const navigate = useNavigate();
  const workspace = useQuery(workspaceQuery);
  const [file, setFile] = useState<File>();
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [groups, setGroups] = useState<string[]>(
    group_id === undefined ? [] : [valueOfGroup(group_id)],
  );
  const [mode, setMode] = useState<Mode>("overwrite");
  const [country, setCountry] = useState<string>();
  const [isConsented, setIsConsented] = useState(false);
  const peek = useMutation({ mutationFn: peekAt });
  const start = useAct({
    topics: ["imports", "groups"],
    act: (given: File) => {
      const { ids, names } = chosenGroupsOf(groups);
      const form = formOf(
        {
          mode,
          default_country: country,
          mapping: JSON.stringify(mappingOf(peek.data?.columns ?? [], chosen)),
        },
        given,
        given.name,
      );
      for (const id of ids) form.append("group_ids", String(id));
      for (const name of names) form.append("group_names", name);
      return answerOf(
        api.POST("/api/v1/imports", { body: {} as never, bodySerializer: () => form }),
      );
    },
    onDone: (made) =>
      void navigate({ to: "/audience/imports/$importId", params: { importId: made.id } }),
  });

  function choose(given: File): false {
    setFile(given);
    setChosen({});
    peek.mutate(given);
    return false;
  }

  const fault = peek.data && faultOf(peek.data.columns, chosen);
  const isReady = file !== undefined && peek.isSuccess && fault === undefined && isConsented;
  return (
    <>
      <PageHead
        title={t("imports.new")}
        below={<Link to="/audience/imports">{t("imports.title")}</Link>}
        actions={
          <Button
            icon={<DownloadOutlined />}
            onClick={() => download(templateCsv(), "contacts-template.csv")}
          >
            {t("imports.template")}
          </Button>
        }
      />
      <section className="panel">
        <h2>{t("imports.chooseFile")}</h2>
        <Upload.Dragger
          accept=".csv,.txt,.tsv,.xlsx"
          maxCount={1}
          showUploadList={false}
          beforeUpload={choose}
        >
          <p className="drop-icon">
            <InboxOutlined />
          </p>
          <p>{file === undefined ? t("imports.drop") : file.name}</p>
          <p className="soft small">{t("imports.dropHint")}</p>
        </Upload.Dragger>
        {peek.error !== null && (
          <Alert
            type="error"
            showIcon
            role="alert"
            title={wordsOf(asProblem(peek.error))}
            style={{ marginTop: 12 }}
          />
        )}
      </section>
      {peek.data !== undefined && (
        <>
          <section className="panel">
            <h2>{t("mapping.title")}</h2>
            {fault !== undefined && (
              <Alert
                type="warning"
                showIcon
                role="alert"
                style={{ marginBottom: 12 }}
                title={t(`mapping.faults.${fault.fault}`, {
                  target: FIELDS.some((each) => each === fault.target)
                    ? t(`mapping.fields.${fault.target}`)
                    : fault.target?.slice(ATTRIBUTE_PREFIX.length),
                })}
              />
            )}
            <Columns
              peek={peek.data}
              chosen={chosen}
              onChoose={(header, target) => setChosen({ ...chosen, [header]: target })}
            />
          </section>
          <section className="panel import-options">
            <h2>{t("imports.options")}</h2>
            <label htmlFor="import-groups">{t("imports.joins")}</label>
            <div>
              <GroupPicker id="import-groups" value={groups} onChange={setGroups} />
              {groups.length === 0 && <p className="soft small">{t("imports.joinsNone")}</p>}
            </div>
            <span id="import-known">{t("imports.known")}</span>
            <Radio.Group
              className="choices"
              aria-labelledby="import-known"
              value={mode}
              onChange={(event) => setMode(event.target.value as Mode)}
              options={MODES.map((each) => ({ value: each, label: t(`imports.modeHints.${each}`) }))}
            />
            <label htmlFor="import-country">{t("imports.country")}</label>
            <div>
              <Select
                id="import-country"
                allowClear
                value={country}
                onChange={setCountry}
                placeholder={
                  workspace.data?.default_country === null
                    ? t("imports.countryNone")
                    : t("imports.countryWorkspace", { country: workspace.data?.default_country })
                }
                style={{ width: "100%" }}
                showSearch={{ optionFilterProp: "label" }}
                options={countryChoices(language)}
              />
              <p className="soft small">{t("imports.countryHint")}</p>
            </div>
          </section>
          <section className="panel">
            <Checkbox
              checked={isConsented}
              onChange={(event) => setIsConsented(event.target.checked)}
            >
              {t("imports.consent")}
            </Checkbox>
            <p style={{ marginBottom: 0 }}>
              <Button
                type="primary"
                size="large"
                disabled={!isReady}
                loading={start.isPending}
                onClick={() => file !== undefined && start.mutate(file)}
              >
                {t("imports.start")}
              </Button>
            </p>
          </section>
        </>
      )}
    </>
  );
}
