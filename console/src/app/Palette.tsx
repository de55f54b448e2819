// ⌘K: go to a screen, do something, find a campaign by its name or a contact by a part of a number.

import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { answerOf, api } from "../api/client";
import { searchedText } from "../pages/audience/search";
import { BUILT_SCREENS } from "./screens";
import { useMe } from "./session";

interface Choice {
  key: string;
  kind: string;
  label: string;
  icon?: ReactNode;
  go: () => void;
}

const FOUND_LIMIT = 8;

export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation("shell");
  return (
    <Modal
      open={isOpen}
      onCancel={onClose}
      footer={null}
      closable={false}
      destroyOnHidden
      title={<span className="visually-hidden">{t("palette.open")}</span>}
      styles={{ header: { margin: 0 } }}
    >
      <Finder onDone={onClose} />
    </Modal>
  );
}

// What can be done from anywhere: the key of its words, where it is, and who may.
const ACTS = [
  { name: "newCampaign", to: "/campaigns", permission: "run_campaigns" },
  { name: "newContact", to: "/audience", permission: "edit_audience" },
  { name: "newImport", to: "/audience/imports/new", permission: "edit_audience" },
  { name: "newFlow", to: "/flows", permission: "edit_flows" },
] as const;
/** Below this many digits a number fits too many people. */
const LEAST_DIGITS = 3;

function usePeople(text: string) {
  const searched = searchedText(text);
  return useQuery({
    queryKey: ["contacts", "palette", searched],
    queryFn: () =>
      answerOf(
        api.GET("/api/v1/contacts", { params: { query: { text: searched, limit: FOUND_LIMIT } } }),
      ),
    enabled: searched.length >= LEAST_DIGITS,
  });
}

function useChoices(text: string, onDone: () => void): Choice[] {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const { permissions } = useMe();
  const { data } = useQuery({
    queryKey: ["campaigns", "palette", text],
    queryFn: () =>
      answerOf(api.GET("/api/v1/campaigns", { params: { query: { name: text, limit: FOUND_LIMIT } } })),
    enabled: text !== "",
  });
  const people = usePeople(text);
  const hasText = (choice: Choice) => choice.label.toLowerCase().includes(text.toLowerCase());
  const screens = BUILT_SCREENS.map((screen): Choice => ({
    key: screen.name,
    kind: t("palette.goTo"),
    label: t(`screens.${screen.name}`),
    icon: screen.icon,
    go: () => void navigate({ to: screen.path }),
  })).filter(hasText);
  const acts = ACTS.filter((act) => permissions.includes(act.permission))
    .map((act): Choice => ({
      key: act.name,
      kind: t("palette.do"),
      label: t(`palette.acts.${act.name}`),
      go: () => void navigate({ to: act.to }),
    }))
    .filter(hasText);
  const campaigns = (data?.items ?? []).map((campaign): Choice => ({
    key: `campaign-${campaign.id}`,
    kind: t("palette.campaign"),
    label: campaign.name,
    go: () =>
      void navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } }),
  }));
  const contacts = (people.data?.items ?? []).map((contact): Choice => ({
    key: `contact-${contact.id}`,
    kind: t("palette.contact"),
    label: [contact.name, contact.phone].filter(Boolean).join(" · "),
    go: () =>
      void navigate({ to: "/audience/contacts/$contactId", params: { contactId: contact.id } }),
  }));
  return [...screens, ...acts, ...campaigns, ...contacts].map((choice) => ({
    ...choice,
    go: () => {
      choice.go();
      onDone();
    },
  }));
}

function Finder({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("shell");
  const [text, setText] = useState("");
  const [position, setPosition] = useState(0);
  const choices = useChoices(useDeferredValue(text.trim()), onDone);
  const listId = useId();
  const chosen = choices[Math.min(position, choices.length - 1)];

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setPosition((at) => Math.max(0, Math.min(choices.length - 1, at + step)));
    } else if (event.key === "Enter") {
      chosen?.go();
    }
  }

  return (
    <>
      <Input
        autoFocus
        size="large"
        prefix={<SearchOutlined />}
        value={text}
        placeholder={t("palette.placeholder")}
        onChange={(event) => {
          setText(event.target.value);
          setPosition(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-label={t("palette.placeholder")}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={chosen && `${listId}-${chosen.key}`}
      />
      <div id={listId} role="listbox" aria-label={t("palette.open")} className="palette-list">
        {choices.map((choice) => (
          <div
            key={choice.key}
            id={`${listId}-${choice.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={choice === chosen}
            className="palette-choice"
            onMouseDown={choice.go}
          >
            {choice.icon}
            <span className="label">{choice.label}</span>
            <span className="soft small">{choice.kind}</span>
          </div>
        ))}
      </div>
      {choices.length === 0 && <p className="soft">{t("palette.nothing")}</p>}
    </>
  );
}
