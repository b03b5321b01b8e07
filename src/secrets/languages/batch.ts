import type { Language } from './language.ts';
import { inPlace } from './site.ts';

/** Command prompt scripts, where quotes mean nothing to variables. */
export const batch: Language = {
  ids: ['bat'],
  extensions: ['bat', 'cmd'],
  comment: { open: 'REM', trailing: false },
  replace: (site) => inPlace(site, `%${site.variable}%`),
};
