// Keyset paging: a page knows the cursor of the next one; the ones before are remembered.

import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export interface Paging {
  /** The cursor of the page that is shown; undefined on the first. */
  cursor: string | undefined;
  number: number;
  next: (cursor: string) => void;
  previous: () => void;
}

/** `subject` names the list with its filters: another subject begins at its first page. */
export function usePaging(subject: string): Paging {
  const [state, setState] = useState<{ subject: string; cursors: string[] }>({
    subject,
    cursors: [],
  });
  const cursors = state.subject === subject ? state.cursors : [];
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    next: (cursor) => setState({ subject, cursors: [...cursors, cursor] }),
    previous: () => setState({ subject, cursors: cursors.slice(0, -1) }),
  };
}

export function Pager({ paging, nextCursor }: { paging: Paging; nextCursor: string | null | undefined }) {
  const { t } = useTranslation("parts");
  if (paging.number === 1 && !nextCursor) return null;
  return (
    <nav className="pager" aria-label={t("pages.title")}>
      <Button
        icon={<LeftOutlined />}
        aria-label={t("pages.previous")}
        disabled={paging.number === 1}
        onClick={paging.previous}
      />
      <span className="soft number">{t("pages.number", { number: paging.number })}</span>
      <Button
        icon={<RightOutlined />}
        aria-label={t("pages.next")}
        disabled={!nextCursor}
        onClick={() => nextCursor && paging.next(nextCursor)}
      />
    </nav>
  );
}
