import type { Language } from './language.ts';
import { replaceKeyOnly } from './site.ts';

/** Command prompt scripts, where variables are expanded regardless of quotes. */
export const batch: Language = {
  ids: ['bat'],
  extensions: ['bat', 'cmd'],
  comment: { open: 'REM', trailing: false },
  replace: (site) => replaceKeyOnly(site, `%${site.variable}%`),
};
