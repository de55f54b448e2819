// The frame of every page for people who are signed in: navigation, header, live stream.

import { MenuOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Alert, Button, Grid, Layout, Menu } from "antd";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnection } from "../api/connection";
import { followLive } from "../api/live";
import { useWaitingCount } from "../pages/conversations/queries";
import { useHasPhones } from "../pages/phones/queries";
import { Loading } from "../parts/Loading";
import { LanguageMenu, PersonMenu, SenderHealth, ThemeMenu } from "./HeaderMenus";
import { JobsButton } from "./Jobs";
import { PaletteButton } from "./PaletteButton";
import { BUILT_SCREENS, screenOf } from "./screens";
import { useMe } from "./session";
import { useShortcuts } from "./shortcuts";

// What is seen seldom is fetched when it is first needed: the first page stays light.
const Drawer = lazy(() => import("antd/es/drawer"));
const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));
const Shortcuts = lazy(async () => ({ default: (await import("./Shortcuts")).Shortcuts }));
const SignInAgain = lazy(async () => ({ default: (await import("./SignInAgain")).SignInAgain }));

/** Whether it is or ever was: what was shown once stays mounted, and gives the focus back. */
function useEver(is: boolean): boolean {
  const [was, setWas] = useState(is);
  if (is && !was) setWas(true);
  return is || was;
}

function Brand() {
  return (
    <div className="shell-brand">
      <img src="/console/favicon.svg" width={24} height={24} alt="" />
      Clarion
    </div>
  );
}

function Navigation({ onChoose }: { onChoose?: () => void }) {
  const { t } = useTranslation("shell");
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const current = screenOf(pathname)?.name;
  const hasPhones = useHasPhones();
  const waitingCount = useWaitingCount();
  const shown = BUILT_SCREENS.filter((screen) => hasPhones || screen.needsSimulator !== true);
  return (
    <nav aria-label={t("navigation")}>
      <Menu
        mode="inline"
        selectedKeys={current === undefined ? [] : [current]}
        style={{ borderInlineEnd: 0 }}
        items={shown.map((screen) => ({
          key: screen.name,
          icon: screen.icon,
          label: (
            <Link to={screen.path} onClick={onChoose}>
              {t(`screens.${screen.name}`)}
              {screen.name === "conversations" && waitingCount > 0 && (
                <span className="nav-count">{waitingCount}</span>
              )}
            </Link>
          ),
        }))}
      />
    </nav>
  );
}

export function Shell() {
  const { t } = useTranslation("shell");
  const me = useMe();
  const queries = useQueryClient();
  const isWide = Grid.useBreakpoint().lg ?? true;
  const [isOpen, setIsOpen] = useState(false);
  const [isSearching, setIsSearching] = useState(false);

  useEffect(() => followLive(queries), [queries]);

  const openPalette = useCallback(() => setIsSearching(true), []);
  const { isHelpOpen, closeHelp } = useShortcuts(openPalette);
  const { isServerThere, hasSessionEnded } = useConnection();
  const needsHelp = useEver(isHelpOpen);
  const needsPalette = useEver(isSearching);
  const needsSignIn = useEver(hasSessionEnded);

  return (
    <Layout style={{ minHeight: "100%" }}>
      <a className="skip-link" href="#main">
        {t("skip")}
      </a>
      {isWide ? (
        <Layout.Sider width={208} className="shell-sider">
          <div style={{ position: "sticky", top: 0 }}>
            <Brand />
            <Navigation />
          </div>
        </Layout.Sider>
      ) : (
        <Suspense fallback={null}>
          <Drawer
            open={isOpen}
            onClose={() => setIsOpen(false)}
            placement="left"
            size={240}
            title={<Brand />}
            styles={{ body: { padding: 8 }, header: { padding: "0 8px" } }}
          >
            <Navigation onChoose={() => setIsOpen(false)} />
          </Drawer>
        </Suspense>
      )}
      <Layout>
        <Layout.Header className="shell-header">
          {!isWide && (
            <Button
              type="text"
              icon={<MenuOutlined />}
              aria-label={t("openNavigation")}
              onClick={() => setIsOpen(true)}
            />
          )}
          <span className="shell-workspace">{me.workspace_name}</span>
          <SenderHealth isBrief={!isWide} />
          <span className="spring" />
          <PaletteButton isBrief={!isWide} onOpen={openPalette} />
          <JobsButton />
          <LanguageMenu />
          <ThemeMenu />
          <PersonMenu />
        </Layout.Header>
        <main id="main" className="shell-main" tabIndex={-1} style={{ outline: "none" }}>
          {!isServerThere && (
            <Alert
              type="warning"
              showIcon
              role="status"
              title={t("away.title")}
              description={t("away.text")}
              style={{ marginBottom: 16 }}
            />
          )}
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </Layout>
      <Suspense fallback={null}>
        {needsHelp && <Shortcuts isOpen={isHelpOpen} onClose={closeHelp} />}
        {needsSignIn && <SignInAgain />}
        {needsPalette && <Palette isOpen={isSearching} onClose={() => setIsSearching(false)} />}
      </Suspense>
    </Layout>
  );
}
