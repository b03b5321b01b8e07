/** Text that came from outside, made safe for places where VS Code reads markup. */

/** Labels, descriptions and QuickPick rows draw `$(name)` as an icon; a zero-width space keeps it text. */
export function plain(text: string): string {
  return text.replaceAll('$(', '$\u200b(').replaceAll(/[\r\n]+/g, ' ');
}
