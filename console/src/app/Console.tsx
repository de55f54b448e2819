// The console, put together: language, theme, cache, addresses.

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App, ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import { useEffect, useMemo, useState } from "react";
import { tellSession } from "../api/connection";
import { speak } from "./i18n";
import { type Language, usePreferences, useScheme, useStillness } from "./preferences";
import { createQueries } from "./queries";
import { createConsoleRouter } from "./router";
import { meQuery } from "./session";
import { themeOf } from "./theme";

const queries = createQueries(askToSignIn);
const router = createConsoleRouter(queries);

/**
 * The session has ended.  Who is at work signs in over the page, where nothing that was typed is
 * lost; who only just came goes to the page for signing in, and then on to the same address.
 */
function askToSignIn(): void {
  if (router.state.location.pathname === "/sign-in") return;
  if (queries.getQueryData(meQuery.queryKey) !== undefined) {
    tellSession(true);
    return;
  }
  void router.navigate({ to: "/sign-in", search: { to: router.state.location.href } });
}

interface Spoken {
  language: Language;
  widgets: Locale;
}

export function Console() {
  const { language, density } = usePreferences();
  const scheme = useScheme();
  const isStill = useStillness();
  const [spoken, setSpoken] = useState<Spoken>();

  useEffect(() => {
    let isWanted = true;
    void speak(language).then((widgets) => {
      if (isWanted) setSpoken({ language, widgets });
    });
    return () => {
      isWanted = false;
    };
  }, [language]);

  useEffect(() => {
    document.documentElement.dataset.scheme = scheme;
  }, [scheme]);

  const look = useMemo(() => themeOf(scheme, density, isStill), [scheme, density, isStill]);

  if (spoken === undefined) return null;
  return (
    <ConfigProvider theme={look} locale={spoken.widgets} button={{ autoInsertSpace: false }}>
      <App message={{ maxCount: 3 }} style={{ height: "100%" }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
