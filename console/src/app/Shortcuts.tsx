// `?`: the keys, as they are on every screen.

import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { BUILT_SCREENS } from "./screens";
import { GO_TO } from "./shortcuts";

const LIST_KEYS = ["j", "k", "enter", "space", "actions", "search", "new"] as const;
const SHOWN: Readonly<Record<(typeof LIST_KEYS)[number], string>> = {
  j: "J",
  k: "K",
  enter: "↵",
  space: "␣",
  actions: ".",
  search: "/",
  new: "N",
};

function Keys(props: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl className="shortcuts">
        {props.rows.map(([keys, words]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Shortcuts({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("shell");
  const places = BUILT_SCREENS.flatMap(({ name }) => {
    const key = GO_TO[name];
    return key === undefined ? [] : [[`G ${key.toUpperCase()}`, t(`screens.${name}`)] as const];
  });
  return (
    <Modal open={isOpen} onCancel={onClose} footer={null} title={t("keys.title")} width={640}>
      <div className="shortcut-columns">
        <Keys title={t("keys.goTo")} rows={places} />
        <Keys
          title={t("keys.lists")}
          rows={[
            ...LIST_KEYS.map((key) => [SHOWN[key], t(`keys.${key}`)] as const),
            ["⌘K", t("palette.open")],
            ["?", t("keys.title")],
          ]}
        />
      </div>
    </Modal>
  );
}
