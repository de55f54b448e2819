// Asking before something is taken away: what will happen stands in the question.

import { App } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function useAsk() {
  const { modal } = App.useApp();
  const { t } = useTranslation("parts");
  return (question: {
    title: string;
    text: ReactNode;
    submit: string;
    isHarmless?: boolean;
    onYes: () => Promise<unknown>;
  }): void => {
    modal.confirm({
      title: question.title,
      content: question.text,
      okText: question.submit,
      cancelText: t("cancel"),
      okButtonProps: { danger: !question.isHarmless },
      autoFocusButton: "cancel",
      // A refusal is told by whoever acts; the question is over either way.
      onOk: () => question.onYes().catch(() => undefined),
    });
  };
}
