/** Commands of the fixes. Those for one leak take a {@link LeakReference}, or let the user choose. */
export const FIX_COMMANDS = {
  openRotationHelp: 'truework.openRotationHelp',
  storeLeakedKey: 'truework.storeLeakedKey',
  untrackFile: 'truework.untrackLeakyFile',
  unstageFile: 'truework.unstageLeakyFile',
  revokeAndReplace: 'truework.revokeAndReplace',
  showCleanUpSteps: 'truework.showHistoryCleanUp',
  allowKey: 'truework.allowLeakedKey',
  excludePath: 'truework.excludeLeakyPath',
} as const;

/** Internal command of a fix whose edit was refused. */
export const SHOW_REFUSAL = '_truework.showRefusedWrite';
