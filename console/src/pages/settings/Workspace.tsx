// The workspace: its name, zone, language, and how local phone numbers are read.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../../api/client";
import { asProblem } from "../../api/problem";
import { usePreferences } from "../../app/preferences";
import { useMay } from "../../app/session";
import { wordsOf } from "../../parts/act";
import { Failure } from "../../parts/Failure";
import { Loading } from "../../parts/Loading";
import { countryChoices, zoneChoices } from "../../parts/places";
import { SettingsFrame } from "./Frame";
import { type Workspace, workspaceQuery } from "./queries";

interface WorkspaceValues {
  name: string;
  zone: string;
  language: Workspace["language"];
  default_country?: string;
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation("settings");
  const { language } = usePreferences();
  const { message } = App.useApp();
  const mayManage = useMay("manage_settings");
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: ({ default_country, ...values }: WorkspaceValues) =>
      answerOf(
        api.PATCH("/api/v1/workspace", {
          body: { ...values, default_country: default_country ?? null },
        }),
      ),
    onSuccess: () => {
      // Names, times and words of every page hang on it.
      void queries.invalidateQueries();
      void message.success(t("workspace.saved"));
    },
  });
  const required = [{ required: true, whitespace: true, message: t("required") }];
  return (
    <Form<WorkspaceValues>
      className="panel narrow"
      layout="vertical"
      requiredMark="optional"
      disabled={!mayManage}
      initialValues={{ ...workspace, default_country: workspace.default_country ?? undefined }}
      onFinish={(values) => save.mutate(values)}
    >
      {save.error !== null && (
        <Alert
          type="error"
          showIcon
          role="alert"
          style={{ marginBottom: 12 }}
          title={wordsOf(asProblem(save.error))}
        />
      )}
      <Form.Item name="name" label={t("workspace.name")} rules={required}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name="zone" label={t("workspace.zone")} extra={t("workspace.zoneHint")} rules={required}>
        <Select showSearch={{ optionFilterProp: "label" }} options={zoneChoices()} />
      </Form.Item>
      <Form.Item required name="language" label={t("workspace.language")} extra={t("workspace.languageHint")}>
        <Select
          options={[
            { value: "en", label: "English" },
            { value: "zh", label: "简体中文" },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="default_country"
        label={t("workspace.country")}
        extra={t("workspace.countryHint")}
      >
        <Select
          allowClear
          showSearch={{ optionFilterProp: "label" }}
          options={countryChoices(language)}
        />
      </Form.Item>
      {mayManage ? (
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      ) : (
        <p className="soft none">{t("workspace.readOnly")}</p>
      )}
    </Form>
  );
}

export function WorkspaceSettings() {
  const { t } = useTranslation("settings");
  const workspace = useQuery(workspaceQuery);
  return (
    <SettingsFrame title={t("workspace.title")}>
      {workspace.data !== undefined ? (
        <WorkspaceForm key={workspace.data.id} workspace={workspace.data} />
      ) : workspace.error === null ? (
        <Loading />
      ) : (
        <Failure problem={asProblem(workspace.error)} onRetry={() => void workspace.refetch()} />
      )}
    </SettingsFrame>
  );
}
