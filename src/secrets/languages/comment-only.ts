/** Languages without a fix: a key can only be allowed by a comment. Each is one line. */
import { HASH, HASH_ON_OWN_LINE, MARKUP, SLASHES, type CommentSyntax, type Language } from './language.ts';

const BLOCK: CommentSyntax = { open: '/*', close: '*/', trailing: true };
const DASHES: CommentSyntax = { open: '--', trailing: true };

export const COMMENT_ONLY: readonly Language[] = [
  { ids: ['c'], extensions: ['c', 'h'], comment: SLASHES },
  { ids: ['cpp'], extensions: ['cpp', 'cc', 'cxx', 'hpp', 'hh'], comment: SLASHES },
  { ids: ['objective-c'], extensions: ['m'], comment: SLASHES },
  { ids: ['dart'], extensions: ['dart'], comment: SLASHES },
  { ids: ['scala'], extensions: ['scala'], comment: SLASHES },
  { ids: ['groovy'], extensions: ['groovy', 'gradle'], comment: SLASHES },
  { ids: ['perl'], extensions: ['pl', 'pm'], comment: HASH },
  { ids: ['r'], extensions: ['r'], comment: HASH },
  { ids: ['elixir'], extensions: ['ex', 'exs'], comment: HASH },
  { ids: ['makefile'], extensions: ['mk'], comment: HASH_ON_OWN_LINE },
  { ids: ['ignore'], comment: HASH_ON_OWN_LINE },
  { ids: ['html'], extensions: ['html', 'htm'], comment: MARKUP },
  { ids: ['css'], extensions: ['css'], comment: BLOCK },
  { ids: ['scss'], extensions: ['scss'], comment: BLOCK },
  { ids: ['less'], extensions: ['less'], comment: BLOCK },
  { ids: ['sql'], extensions: ['sql'], comment: DASHES },
  { ids: ['lua'], extensions: ['lua'], comment: DASHES },
];
