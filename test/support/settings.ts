/** Settings as they stand in a `settings.json`. */
export type Settings = Readonly<Record<string, unknown>>;

/** An editor that starts with nothing on the screen but what a test or the demo put there. */
export const quietSettings: Settings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** The same, for settings that only a user, not a machine, may set. */
export const quietUserSettings: Settings = {
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
};
