// A dry run over a form that is not saved yet: nothing that was typed is lost.

import { Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DryRunView } from "./DryRun";
import type { DryRunSearch } from "./queries";

export function DryRunDrawer({ dryRunId, onClose }: { dryRunId: number; onClose: () => void }) {
  const { t } = useTranslation("dryRuns");
  const [search, setSearch] = useState<DryRunSearch>({});
  return (
    <Drawer open size="min(1080px, 100vw)" onClose={onClose} title={t("title")}>
      <DryRunView dryRunId={dryRunId} search={search} onSearch={setSearch} />
    </Drawer>
  );
}
