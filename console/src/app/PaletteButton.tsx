// The way to ⌘K by hand.

import { SearchOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

export function PaletteButton({ isBrief, onOpen }: { isBrief: boolean; onOpen: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <Button
      type="text"
      icon={<SearchOutlined />}
      onClick={onOpen}
      aria-label={t("palette.open")}
      title={t("palette.open")}
    >
      {isBrief ? undefined : <kbd className="small soft">⌘K</kbd>}
    </Button>
  );
}
