// Choose what is added: typed or clicked.

import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { KindIcon } from "./KindIcon";
import { ADDABLE } from "./kinds";

export function QuickAdd(props: {
  isOpen: boolean;
  onChoose: (kind: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation("canvas");
  return (
    <Modal
      open={props.isOpen}
      onCancel={props.onClose}
      footer={null}
      title={t("add.title")}
      width={460}
      destroyOnHidden
    >
      <Choices onChoose={props.onChoose} />
    </Modal>
  );
}

function Choices(props: { onChoose: (kind: string) => void }) {
  const { t } = useTranslation("canvas");
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const kinds = ADDABLE.filter(({ name }) =>
    `${name} ${t(`kinds.${name}.title`)} ${t(`kinds.${name}.summary`)}`
      .toLowerCase()
      .includes(typed.trim().toLowerCase()),
  );
  const marked = Math.min(at, kinds.length - 1);

  function onKeyDown(event: React.KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((marked + step + kinds.length) % Math.max(1, kinds.length));
    }
    const chosen = kinds[marked];
    if (event.key === "Enter" && chosen !== undefined) props.onChoose(chosen.name);
  }

  return (
    <>
      <Input
        autoFocus
        value={typed}
        placeholder={t("add.search")}
        aria-label={t("add.search")}
        role="combobox"
        aria-expanded="true"
        aria-controls="add-kinds"
        aria-activedescendant={kinds[marked] && `add-${kinds[marked].name}`}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="add-kinds" role="listbox" aria-label={t("add.title")} className="palette-list">
        {kinds.map(({ name }, index) => (
          <div
            key={name}
            id={`add-${name}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === marked}
            className="palette-choice"
            onClick={() => props.onChoose(name)}
            onKeyDown={onKeyDown}
          >
            <KindIcon kind={name} />
            <span>
              {t(`kinds.${name}.title`)}
              <br />
              <span className="soft small">{t(`kinds.${name}.summary`)}</span>
            </span>
          </div>
        ))}
      </div>
    </>
  );
}
