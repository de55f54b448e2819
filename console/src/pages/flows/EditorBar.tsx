// What stands above the canvas: name, state, saving, tools, publish.  On a narrow screen the tools
// lie in a menu.

import {
  ArrowLeftOutlined,
  BarChartOutlined,
  DownloadOutlined,
  EditOutlined,
  ExperimentOutlined,
  HistoryOutlined,
  LayoutOutlined,
  MobileOutlined,
  MoreOutlined,
  PhoneOutlined,
  QuestionOutlined,
  RedoOutlined,
  SearchOutlined,
  UndoOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown, Tooltip } from "antd";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../../app/session";
import { useIsNarrow } from "../../parts/narrow";
import type { Autosave } from "./autosave";
import { FlowState } from "./FlowState";
import { exportAddress, type Flow } from "./queries";

interface ToolProps {
  label: string;
  icon: ReactNode;
  isOff?: boolean;
  isPressed?: boolean;
  href?: string;
  onClick?: () => void;
}

function Tool(props: ToolProps) {
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
  isOutline: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onTidy: () => void;
  onPhone: () => void;
  onOutline: () => void;
  onDialog: (dialog: "find" | "help" | "name") => void;
  onPublish: () => void;
}) {
  const { t } = useTranslation("flows");
  const navigate = useNavigate();
  const mayPublish = useMay("publish_flows");
  const isNarrow = useIsNarrow();
  const { flow, autosave, isReadOnly } = props;
  useEffect(() => {
    document.title = `${props.name} · Clarion`;
  }, [props.name]);
  const params = { flowId: flow.id };
  const editing: ToolProps[] = isReadOnly
    ? []
    : [
        { label: t("bar.undo"), icon: <UndoOutlined />, isOff: !props.canUndo, onClick: props.onUndo },
        { label: t("bar.redo"), icon: <RedoOutlined />, isOff: !props.canRedo, onClick: props.onRedo },
        { label: t("bar.tidy"), icon: <LayoutOutlined />, isOff: props.isOutline, onClick: props.onTidy },
      ];
  const outline: ToolProps = {
    label: t("bar.outline"),
    icon: <UnorderedListOutlined />,
    isPressed: props.isOutline,
    onClick: props.onOutline,
  };
  const phone: ToolProps = {
    label: t("bar.phone"),
    icon: <MobileOutlined />,
    isPressed: props.isPhoneOpen,
    onClick: props.onPhone,
  };
  const leading: ToolProps[] = [
    {
      label: t("bar.insight"),
      icon: <BarChartOutlined />,
      onClick: () => void navigate({ to: "/flows/$flowId/insight", params }),
    },
    {
      label: t("bar.versions"),
      icon: <HistoryOutlined />,
      onClick: () => void navigate({ to: "/flows/$flowId/versions", params }),
    },
    {
      label: t("bar.tests"),
      icon: <ExperimentOutlined />,
      onClick: () => void navigate({ to: "/flows/$flowId/tests", params }),
    },
    ...(flow.trigger_kind === "manual"
      ? []
      : [
          {
            label: t("bar.bindings"),
            icon: <PhoneOutlined />,
            onClick: () => void navigate({ to: "/flows/bindings", search: { flow: flow.id } }),
          },
        ]),
    { label: t("bar.export"), icon: <DownloadOutlined />, href: exportAddress(flow.id, props.version) },
  ];
  const find: ToolProps = { label: t("bar.find"), icon: <SearchOutlined />, onClick: () => props.onDialog("find") };
  const help: ToolProps = { label: t("bar.help"), icon: <QuestionOutlined />, onClick: () => props.onDialog("help") };
  const shown = isNarrow ? [phone] : [...editing, find, outline, phone, ...leading, help];
  const folded = isNarrow ? [...editing, find, outline, ...leading] : [];
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
      {shown.map((tool) => (
        <Tool key={tool.label} {...tool} />
      ))}
      {folded.length > 0 && (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: folded.map((tool, index) => ({
              key: index,
              icon: tool.icon,
              disabled: tool.isOff,
              label: tool.href === undefined ? tool.label : <a href={tool.href}>{tool.label}</a>,
            })),
            onClick: ({ key }) => folded[Number(key)]?.onClick?.(),
          }}
        >
          <Button type="text" icon={<MoreOutlined />} aria-label={t("bar.more")} />
        </Dropdown>
      )}
      {!isReadOnly && mayPublish && (
        <Button type="primary" onClick={props.onPublish} disabled={autosave.state === "conflict"}>
          {t("actions.publish")}
        </Button>
      )}
    </header>
  );
}
