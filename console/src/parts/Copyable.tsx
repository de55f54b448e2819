// A value that is meant to be taken elsewhere.

import { CheckOutlined, CopyOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import "./copyable.css";

const SHOWN_MILLISECONDS = 2_000;

export function Copyable({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation("parts");
  const { message } = App.useApp();
  const [isCopied, setIsCopied] = useState(false);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      // Browsers keep the clipboard for pages over HTTPS; the value can still be marked by hand.
      void message.info(t("copy.byHand"));
      return;
    }
    setIsCopied(true);
    window.setTimeout(() => setIsCopied(false), SHOWN_MILLISECONDS);
  }

  return (
    <span className="copyable">
      <code>{value}</code>
      <Button
        size="small"
        type="text"
        icon={isCopied ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={t("copy.action", { label })}
        title={t("copy.action", { label })}
        onClick={() => void copy()}
      />
      <span role="status" className="visually-hidden">
        {isCopied ? t("copy.done") : ""}
      </span>
    </span>
  );
}
