/** Commands of the fixes. Those of a single leak take a {@link LeakReference}; without one they ask. */
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

/** Not in the palette: what a fix does in place of an edit that must not be made. */
export const SHOW_REFUSAL = '_truework.showRefusedWrite';
