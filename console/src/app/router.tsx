// The addresses of the console.  Filters, pages and tabs stand in the address, so that it can be
// shared and survives a reload.

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Problem } from "../api/problem";
import { detailSearchOf, listSearchOf } from "../pages/campaigns/search";
import { dryRunSearchOf } from "../pages/dry-runs/queries";
import { bindingSearchOf } from "../pages/bindings/queries";
import { flowListSearchOf, flowSearchOf, insightSearchOf, testsSearchOf, versionsSearchOf } from "../pages/flows/search";
import {
  contactSearchOf,
  contactTabOf,
  groupSearchOf,
  newImportSearchOf,
} from "../pages/audience/search";
import { messageSearchOf } from "../pages/messages/queries";
import { conversationSearchOf } from "../pages/conversations/queries";
import { wallSearchOf } from "../pages/phones/queries";
import { auditSearchOf } from "../pages/settings/queries";
import { deliverySearchOf } from "../pages/webhooks/queries";
import { templateFormSearchOf, templateSearchOf } from "../pages/templates/queries";
import { withTexts } from "./i18n";
import { Loading } from "../parts/Loading";
import { Broken, NotFound } from "./Broken";
import { meQuery } from "./session";
import { Shell } from "./Shell";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === "string" ? { to: search.to } : {},
  component: lazyRouteComponent(() => import("../pages/sign-in/SignIn"), "SignIn"),
});

// Everything else is for people who are signed in.
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof Problem && error.isSignedOut) {
        throw redirect({ to: "/sign-in", search: { to: location.href } });
      }
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/home/Home"), "Home"),
});

const campaigns = createRoute({
  getParentRoute: () => shell,
  path: "/campaigns",
  validateSearch: listSearchOf,
  component: lazyRouteComponent(() => import("../pages/campaigns/List"), "CampaignList"),
});

const campaign = createRoute({
  getParentRoute: () => shell,
  path: "/campaigns/$campaignId",
  params: {
    parse: ({ campaignId }) => ({ campaignId: Number(campaignId) }),
    stringify: ({ campaignId }) => ({ campaignId: String(campaignId) }),
  },
  validateSearch: detailSearchOf,
  component: lazyRouteComponent(() => import("../pages/campaigns/Detail"), "CampaignDetail"),
});

const dryRun = createRoute({
  getParentRoute: () => shell,
  path: "/dry-runs/$dryRunId",
  params: {
    parse: ({ dryRunId }) => ({ dryRunId: Number(dryRunId) }),
    stringify: ({ dryRunId }) => ({ dryRunId: String(dryRunId) }),
  },
  validateSearch: dryRunSearchOf,
  component: lazyRouteComponent(() => import("../pages/dry-runs/DryRun"), "DryRunPage"),
});

const flows = createRoute({
  getParentRoute: () => shell,
  path: "/flows",
  validateSearch: flowListSearchOf,
  component: lazyRouteComponent(() => import("../pages/flows/List"), "FlowList"),
});

const flow = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$flowId",
  params: {
    parse: ({ flowId }) => ({ flowId: Number(flowId) }),
    stringify: ({ flowId }) => ({ flowId: String(flowId) }),
  },
  validateSearch: flowSearchOf,
  component: lazyRouteComponent(() => import("../pages/flows/Editor"), "FlowPage"),
});

const flowInsight = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$flowId/insight",
  params: {
    parse: ({ flowId }) => ({ flowId: Number(flowId) }),
    stringify: ({ flowId }) => ({ flowId: String(flowId) }),
  },
  validateSearch: insightSearchOf,
  component: lazyRouteComponent(() => import("../pages/flows/Insight"), "FlowInsight"),
});

const flowVersions = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$flowId/versions",
  params: {
    parse: ({ flowId }) => ({ flowId: Number(flowId) }),
    stringify: ({ flowId }) => ({ flowId: String(flowId) }),
  },
  validateSearch: versionsSearchOf,
  component: lazyRouteComponent(() => import("../pages/flows/Versions"), "FlowVersions"),
});

const flowTests = createRoute({
  getParentRoute: () => shell,
  path: "/flows/$flowId/tests",
  params: {
    parse: ({ flowId }) => ({ flowId: Number(flowId) }),
    stringify: ({ flowId }) => ({ flowId: String(flowId) }),
  },
  validateSearch: testsSearchOf,
  component: lazyRouteComponent(() => import("../pages/flows/Tests"), "FlowTests"),
});

const bindings = createRoute({
  getParentRoute: () => shell,
  path: "/flows/bindings",
  validateSearch: bindingSearchOf,
  component: lazyRouteComponent(() => import("../pages/bindings/List"), "BindingList"),
});

const session = createRoute({
  getParentRoute: () => shell,
  path: "/sessions/$sessionId",
  params: {
    parse: ({ sessionId }) => ({ sessionId: Number(sessionId) }),
    stringify: ({ sessionId }) => ({ sessionId: String(sessionId) }),
  },
  component: lazyRouteComponent(() => import("../pages/sessions/SessionPage"), "SessionPage"),
});

const contacts = createRoute({
  getParentRoute: () => shell,
  path: "/audience",
  validateSearch: contactSearchOf,
  component: lazyRouteComponent(() => import("../pages/audience/Contacts"), "ContactList"),
});

const optOuts = createRoute({
  getParentRoute: () => shell,
  path: "/audience/opt-outs",
  validateSearch: contactSearchOf,
  component: lazyRouteComponent(() => import("../pages/audience/Contacts"), "OptOutList"),
});

const contact = createRoute({
  getParentRoute: () => shell,
  path: "/audience/contacts/$contactId",
  params: {
    parse: ({ contactId }) => ({ contactId: Number(contactId) }),
    stringify: ({ contactId }) => ({ contactId: String(contactId) }),
  },
  validateSearch: contactTabOf,
  component: lazyRouteComponent(() => import("../pages/audience/Contact"), "ContactPage"),
});

const groups = createRoute({
  getParentRoute: () => shell,
  path: "/audience/groups",
  validateSearch: groupSearchOf,
  component: lazyRouteComponent(() => import("../pages/audience/Groups"), "GroupList"),
});

const imports = createRoute({
  getParentRoute: () => shell,
  path: "/audience/imports",
  component: lazyRouteComponent(() => import("../pages/audience/Imports"), "ImportList"),
});

const newImport = createRoute({
  getParentRoute: () => shell,
  path: "/audience/imports/new",
  validateSearch: newImportSearchOf,
  component: lazyRouteComponent(() => import("../pages/audience/NewImport"), "NewImport"),
});

const importReport = createRoute({
  getParentRoute: () => shell,
  path: "/audience/imports/$importId",
  params: {
    parse: ({ importId }) => ({ importId: Number(importId) }),
    stringify: ({ importId }) => ({ importId: String(importId) }),
  },
  component: lazyRouteComponent(() => import("../pages/audience/ImportPage"), "ImportPage"),
});

const templates = createRoute({
  getParentRoute: () => shell,
  path: "/templates",
  validateSearch: templateSearchOf,
  component: lazyRouteComponent(() => import("../pages/templates/List"), "TemplateList"),
});

const template = createRoute({
  getParentRoute: () => shell,
  path: "/templates/$templateId",
  params: {
    parse: ({ templateId }) => ({ templateId: Number(templateId) }),
    stringify: ({ templateId }) => ({ templateId: String(templateId) }),
  },
  component: lazyRouteComponent(() => import("../pages/templates/Template"), "TemplatePage"),
});

const newTemplate = createRoute({
  getParentRoute: () => shell,
  path: "/templates/new",
  validateSearch: templateFormSearchOf,
  component: lazyRouteComponent(() => import("../pages/templates/TemplateForm"), "TemplateForm"),
});

const messages = createRoute({
  getParentRoute: () => shell,
  path: "/messages",
  validateSearch: messageSearchOf,
  component: lazyRouteComponent(() => import("../pages/messages/List"), "MessageList"),
});

const senders = createRoute({
  getParentRoute: () => shell,
  path: "/senders",
  component: lazyRouteComponent(withTexts(["senders"], () => import("../pages/senders/List")), "SenderList"),
});

const conversations = createRoute({
  getParentRoute: () => shell,
  path: "/conversations",
  validateSearch: conversationSearchOf,
  component: lazyRouteComponent(() => import("../pages/conversations/List"), "ConversationList"),
});

const phones = createRoute({
  getParentRoute: () => shell,
  path: "/phones",
  validateSearch: wallSearchOf,
  component: lazyRouteComponent(withTexts(["phones"], () => import("../pages/phones/Wall")), "PhoneWall"),
});

const workspace = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/Workspace")), "WorkspaceSettings"),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: "/settings/people",
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/People")), "PeopleSettings"),
});

const keys = createRoute({
  getParentRoute: () => shell,
  path: "/settings/keys",
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/Keys")), "KeySettings"),
});

const secrets = createRoute({
  getParentRoute: () => shell,
  path: "/settings/secrets",
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/Secrets")), "SecretSettings"),
});

const auditLog = createRoute({
  getParentRoute: () => shell,
  path: "/settings/audit",
  validateSearch: auditSearchOf,
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/Audit")), "AuditLog"),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/settings/webhooks",
  component: lazyRouteComponent(withTexts(["settings", "webhooks"], () => import("../pages/webhooks/List")), "WebhookList"),
});

const webhook = createRoute({
  getParentRoute: () => shell,
  path: "/settings/webhooks/$endpointId",
  params: {
    parse: ({ endpointId }) => ({ endpointId: Number(endpointId) }),
    stringify: ({ endpointId }) => ({ endpointId: String(endpointId) }),
  },
  validateSearch: deliverySearchOf,
  component: lazyRouteComponent(withTexts(["settings", "webhooks"], () => import("../pages/webhooks/EndpointPage")), "WebhookPage"),
});

const system = createRoute({
  getParentRoute: () => shell,
  path: "/settings/system",
  component: lazyRouteComponent(withTexts(["settings"], () => import("../pages/settings/System")), "SystemPage"),
});

const AUDIENCE = [contacts, optOuts, contact, groups, imports, newImport, importReport] as const;
const FLOWS = [flows, bindings, flow, flowInsight, flowVersions, flowTests] as const;
const SETTINGS = [workspace, people, keys, secrets, webhooks, webhook, auditLog, system] as const;

const tree = root.addChildren([
  signIn,
  shell.addChildren([
    home,
    campaigns,
    campaign,
    dryRun,
    ...FLOWS,
    session,
    ...AUDIENCE,
    templates,
    newTemplate,
    template,
    messages,
    senders,
    phones,
    conversations,
    ...SETTINGS,
  ]),
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/console",
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: Broken,
    defaultPendingComponent: Loading,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
