// What stands above the canvas: name, state, saving, tools, publish.

import {
  ArrowLeftOutlined,
  BarChartOutlined,
  DownloadOutlined,
  EditOutlined,
  ExperimentOutlined,
  HistoryOutlined,
  LayoutOutlined,
  MobileOutlined,
  PhoneOutlined,
  QuestionOutlined,
  RedoOutlined,
  SearchOutlined,
  UndoOutlined,
} from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import type { Autosave } from "./autosave";
import { FlowState } from "./FlowState";
import { exportAddress, type Flow } from "./queries";

function Tool(props: {
  label: string;
  icon: ReactNode;
  isOff?: boolean;
  isPressed?: boolean;
  href?: string;
  onClick?: () => void;
}) {
  return (
    <Tooltip title={props.label}>
      <Button
        type={props.isPressed ? "primary" : "text"}
        icon={props.icon}
        aria-label={props.label}
        aria-pressed={props.isPressed}
        disabled={props.isOff}
        href={props.href}
        onClick={props.onClick}
      />
    </Tooltip>
  );
}

export function EditorBar(props: {
  flow: Flow;
  name: string;
  version: number | undefined;
  isReadOnly: boolean;
  autosave: Autosave;
  canUndo: boolean;
  canRedo: boolean;
  isPhoneOpen: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onTidy: () => void;
  onPhone: () => void;
  onDialog: (dialog: "find" | "help" | "name") => void;
  onPublish: () => void;
}) {
  const { t } = useTranslation("flows");
  const navigate = useNavigate();
  const mayPublish = useMay("publish_flows");
  const { flow, autosave, isReadOnly } = props;
  useEffect(() => {
    document.title = `${props.name} · Clarion`;
  }, [props.name]);
  return (
    <header className="editor-bar">
      <Tool label={t("bar.list")} icon={<ArrowLeftOutlined />} onClick={() => void navigate({ to: "/flows" })} />
      <h1 title={props.name}>{props.name}</h1>
      {!isReadOnly && <Tool label={t("bar.name")} icon={<EditOutlined />} onClick={() => props.onDialog("name")} />}
      {props.version === undefined && <FlowState flow={flow} />}
      {!isReadOnly && (
        <span className="soft small" role="status">
          {t(`save.${autosave.state}`)}
        </span>
      )}
      <span className="spring" />
      {!isReadOnly && (
        <>
          <Tool label={t("bar.undo")} icon={<UndoOutlined />} isOff={!props.canUndo} onClick={props.onUndo} />
          <Tool label={t("bar.redo")} icon={<RedoOutlined />} isOff={!props.canRedo} onClick={props.onRedo} />
          <Tool label={t("bar.tidy")} icon={<LayoutOutlined />} onClick={props.onTidy} />
        </>
      )}
      <Tool label={t("bar.find")} icon={<SearchOutlined />} onClick={() => props.onDialog("find")} />
      <Tool label={t("bar.phone")} icon={<MobileOutlined />} isPressed={props.isPhoneOpen} onClick={props.onPhone} />
      <Tool
        label={t("bar.insight")}
        icon={<BarChartOutlined />}
        onClick={() => void navigate({ to: "/flows/$flowId/insight", params: { flowId: flow.id } })}
      />
      <Tool
        label={t("bar.versions")}
        icon={<HistoryOutlined />}
        onClick={() => void navigate({ to: "/flows/$flowId/versions", params: { flowId: flow.id } })}
      />
      <Tool
        label={t("bar.tests")}
        icon={<ExperimentOutlined />}
        onClick={() => void navigate({ to: "/flows/$flowId/tests", params: { flowId: flow.id } })}
      />
      {flow.trigger_kind !== "manual" && (
        <Tool
          label={t("bar.bindings")}
          icon={<PhoneOutlined />}
          onClick={() => void navigate({ to: "/flows/bindings", search: { flow: flow.id } })}
        />
      )}
      <Tool label={t("bar.export")} icon={<DownloadOutlined />} href={exportAddress(flow.id, props.version)} />
      <Tool label={t("bar.help")} icon={<QuestionOutlined />} onClick={() => props.onDialog("help")} />
      {!isReadOnly && mayPublish && (
        <Button type="primary" onClick={props.onPublish} disabled={autosave.state === "conflict"}>
          {t("actions.publish")}
        </Button>
      )}
    </header>
  );
}
