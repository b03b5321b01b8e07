/**
 * The rows of a view that a command is about: the row it was called on, with all selected ones if it is among them; from
 * the palette or a keybinding, the selected ones. Empty means that the command asks. VS Code passes the row under the
 * pointer and all selected rows; other extensions may pass anything, so callers check what each row is.
 */
export function rowsOf(args: readonly unknown[], selection: readonly unknown[]): readonly unknown[] {
  const [row, selected] = args;
  if (row === undefined || row === null) return selection;
  return Array.isArray(selected) && selected.includes(row) ? selected : [row];
}
