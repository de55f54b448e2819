// Languages: one folder a language, one file a noun (`campaigns.json` is the namespace `campaigns`).
// A language is loaded when it is first needed, and texts of screens that are seen seldom come with
// them; `src/test/locales.test.ts` keeps the languages equal.

import dayjs from "dayjs";
import i18next, { type Resource } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "antd/es/locale";
import type { Language } from "./preferences";

interface Spoken {
  resources: Resource[string];
  widgets: Locale;
}

const LOADERS: Record<Language, () => Promise<Spoken>> = {
  en: async () => {
    const [own, widgets] = await Promise.all([
      import("../locales/en"),
      import("antd/es/locale/en_US"),
    ]);
    return { resources: own.default, widgets: widgets.default };
  },
  zh: async () => {
    const [own, widgets] = await Promise.all([
      import("../locales/zh"),
      import("antd/es/locale/zh_CN"),
      import("dayjs/locale/zh-cn"),
    ]);
    return { resources: own.default, widgets: widgets.default };
  },
};

type Later = "phones" | "senders" | "settings" | "webhooks";

const LATER = import.meta.glob<Record<string, unknown>>(
  "../locales/*/{phones,senders,settings,webhooks}.json",
  { import: "default" },
);
const LATER_NAMES: readonly Later[] = ["phones", "senders", "settings", "webhooks"];

async function learn(language: string, namespaces: readonly Later[]): Promise<void> {
  await Promise.all(
    namespaces
      .filter((namespace) => !i18next.hasResourceBundle(language, namespace))
      .map(async (namespace) => {
        const texts = await LATER[`../locales/${language}/${namespace}.json`]?.();
        i18next.addResourceBundle(language, namespace, texts, true, true);
      }),
  );
}

/** A screen with the texts that only it needs. */
export function withTexts<Screen>(
  namespaces: readonly Later[],
  load: () => Promise<Screen>,
): () => Promise<Screen> {
  return async () => {
    const [screen] = await Promise.all([load(), learn(i18next.language, namespaces)]);
    // The language may have changed meanwhile.
    await learn(i18next.language, namespaces);
    return screen;
  };
}

/** What screens that were seen already need in any language. */
function learnedLater(): Later[] {
  const languages = Object.keys(LOADERS);
  return LATER_NAMES.filter((namespace) =>
    languages.some((language) => i18next.hasResourceBundle(language, namespace)),
  );
}

const HTML_LANGUAGE: Record<Language, string> = { en: "en", zh: "zh-CN" };
const DATE_LANGUAGE: Record<Language, string> = { en: "en", zh: "zh-cn" };

await i18next.use(initReactI18next).init({
  lng: "none",
  fallbackLng: false,
  ns: [],
  defaultNS: "parts",
  resources: {},
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** Speak a language from now on; gives the texts of the widgets. */
export async function speak(language: Language): Promise<Locale> {
  const { resources, widgets } = await LOADERS[language]();
  for (const [namespace, texts] of Object.entries(resources)) {
    i18next.addResourceBundle(language, namespace, texts, true, true);
  }
  await learn(language, learnedLater());
  dayjs.locale(DATE_LANGUAGE[language]);
  await i18next.changeLanguage(language);
  document.documentElement.lang = HTML_LANGUAGE[language];
  return widgets;
}
