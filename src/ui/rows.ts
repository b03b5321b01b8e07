/**
 * The rows of a view that a command acts on: the row it was called on, or all selected rows if that row is one of them;
 * from the Command Palette or a keybinding, the selected rows. If it is empty, the command asks. VS Code passes the row
 * under the pointer and all selected rows; other extensions may pass anything, so callers check what each row is.
 */
export function rowsOf(args: readonly unknown[], selection: readonly unknown[]): readonly unknown[] {
  const [row, selected] = args;
  if (row === undefined || row === null) return selection;
  return Array.isArray(selected) && selected.includes(row) ? selected : [row];
}
