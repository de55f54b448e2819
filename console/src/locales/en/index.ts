// Every file of this folder, by its name, but those that come with their screens (`app/i18n.ts`).

import type { ResourceLanguage } from "i18next";

const files = import.meta.glob<ResourceLanguage[string]>(["./*.json", "!./{phones,senders,settings,webhooks}.json"], {
  eager: true,
  import: "default",
});

const texts: ResourceLanguage = Object.fromEntries(
  Object.entries(files).map(([path, content]) => [path.slice(2, -".json".length), content]),
);

export default texts;
