// Languages: one folder a language, one file a noun (`campaigns.json` is the namespace `campaigns`).
// A language is loaded when it is first needed; `src/test/locales.test.ts` keeps them equal.

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
  dayjs.locale(DATE_LANGUAGE[language]);
  await i18next.changeLanguage(language);
  document.documentElement.lang = HTML_LANGUAGE[language];
  return widgets;
}
