// Every file of this folder, by its name.

import type { ResourceLanguage } from "i18next";

const files = import.meta.glob<ResourceLanguage[string]>("./*.json", {
  eager: true,
  import: "default",
});

const texts: ResourceLanguage = Object.fromEntries(
  Object.entries(files).map(([path, content]) => [path.slice(2, -".json".length), content]),
);

export default texts;
