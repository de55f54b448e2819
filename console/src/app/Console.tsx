// The console, put together: language, theme, cache, addresses.

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App, ConfigProvider } from "antd";
import type { Locale } from "antd/es/locale";
import { useEffect, useMemo, useState } from "react";
import { speak } from "./i18n";
import { type Language, usePreferences, useScheme, useStillness } from "./preferences";
import { createQueries } from "./queries";
import { createConsoleRouter } from "./router";
import { themeOf } from "./theme";

const queries = createQueries(leaveToSignIn);
const router = createConsoleRouter(queries);

/** The session has ended: sign in again, then go on at the same address. */
function leaveToSignIn(): void {
  if (router.state.location.pathname === "/sign-in") return;
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
